/** What the API sends to administrators; only the fields that the administration reads. */

import type { Agent, AgentStatus, ChannelKind, Time, Ulid } from "../../types.d.ts";

export interface User {
  id: Ulid;
  agent_id: Ulid;
  name: string;
  email: string;
  role: "ADMIN" | "CS";
  is_active: boolean;
  status: AgentStatus;
  active_sessions: number;
  telegram_linked: boolean;
  has_published_password: boolean;
  second_factor_on: boolean;
  second_factor_required: boolean;
}

export interface ResetLink {
  path: string;
  link: string | null;
  expires_at: Time;
}

export interface LinkCode {
  command: string;
  link: string | null;
  expires_at: Time;
}

export interface Span {
  opens: string;
  closes: string;
}

export type Weekday =
  | "monday"
  | "tuesday"
  | "wednesday"
  | "thursday"
  | "friday"
  | "saturday"
  | "sunday";

export interface Holiday {
  date: string;
  name: string | null;
  open: Span[];
}

export interface OpeningHours {
  time_zone: string;
  week: Record<Weekday, Span[]>;
  holidays: Holiday[];
}

export interface AgentDetail extends Agent {
  user_id: Ulid | null;
  channel_ids: Ulid[];
  working_hours: OpeningHours | null;
  status_cause: "choice" | "schedule" | "silence";
}

export interface CheckResult {
  mark: "good" | "warn" | "bad";
  subject: string;
  text: string;
  remedy: string | null;
  at: Time;
}

export interface StaffGroup {
  id: string;
  last_check: CheckResult | null;
}

export interface ChannelWebhook {
  url: string | null;
  path: string;
  verify_token: string | null;
}

export interface Channel {
  id: Ulid;
  kind: ChannelKind;
  external_id: string;
  name: string;
  username: string | null;
  is_active: boolean;
  from_environment: boolean;
  has_credentials: boolean;
  language: string | null;
  offline_policy: "keep" | "hand_back" | "pass_on";
  staff_mode: "group" | "personal" | null;
  is_staff_bot: boolean;
  link_status: LinkStatus | null;
  agent_ids: Ulid[];
  window_warning_minutes: number;
  offline_minutes: number;
  reopen_minutes: number;
  first_answer_minutes: number;
  next_answer_minutes: number;
  sla_warning_percent: number;
  asks_for_rating: boolean;
  tells_who_answers: boolean;
  ai_takeover: string;
  ai_takeover_minutes: number;
  ai_reply_limit: number;
  staff_channel_id: Ulid | null;
  staff_groups: StaffGroup[];
  webhook: ChannelWebhook | null;
  has_opening_hours: boolean;
  is_open: boolean;
  last_check: CheckResult[];
}

export type LinkStatus =
  | "STOPPED"
  | "STARTING"
  | "SCAN_QR_CODE"
  | "PASSKEY_REQUIRED"
  | "PASSKEY_CONFIRMATION"
  | "WORKING"
  | "FAILED";

export interface Link {
  status: LinkStatus;
  phone: string | null;
  name: string | null;
  error: string | null;
  has_code: boolean;
  stopped_by_admin: boolean;
}

export interface CustomerText {
  name: string;
  language: string;
  text: string;
  entities: unknown[] | null;
  is_own: boolean;
  default_text: string;
  variables: string[];
  max_length: number;
}

export interface ChannelHours {
  hours: OpeningHours | null;
  is_open: boolean;
  opens_at: Time | null;
  closes_at: Time | null;
}

export interface CannedReplyDetail {
  id: Ulid;
  shortcut: string;
  title: string;
  text: string;
  actions: import("../../types.d.ts").CannedActions | null;
  language: string | null;
  channel_id: Ulid | null;
}

export interface CountedTag {
  id: Ulid;
  name: string;
  sessions: number;
}

export interface Installation {
  version: string;
  database: string;
  redis: boolean;
  public_url: string | null;
  telegram_api_url: string;
  telegram_bot_token: boolean;
  telegram_limits: string;
  staff_enrolment: string;
  default_language: string;
  openai: boolean;
  openai_base_url: string;
  openai_model: string;
  cors_origins: string[];
}

export interface AiConfig {
  mode: "automatic" | "suggest" | "off";
  style: string;
  knowledge: string;
  products: { name: string; price: string; description: string }[];
  article_tags: string[];
  model: string | null;
  temperature: number | null;
  confidence_threshold: number | null;
  handover_conditions: string[];
  handover_rules: { keywords: string[]; languages: string[]; complaints: number; answers: number };
  follow_ups: { keyword: string; text: string; delay_minutes: number }[];
  pictures: { keyword: string; file_id: Ulid; caption: string }[];
  reads_pictures: boolean;
  working_hours: OpeningHours | null;
  reply_limit: number | null;
  reply_limit_notice: string | null;
}

export interface AiAgent {
  id: Ulid;
  name: string;
  level: "Basic" | "Intermediate" | "Advanced";
  status: AgentStatus;
  config: AiConfig;
}

export interface TriedAnswer {
  action: "answer" | "clarify" | "offer" | "handover" | "dropped" | "failed";
  text: string;
  reason: string;
  confidence: number | null;
  passages: { passage: Ulid; article: Ulid; title: string; score: number }[];
  choices: string[];
  model: string | null;
  tokens_in: number;
  tokens_out: number;
}

export interface ReplayedTurn {
  log_id: Ulid;
  asked_at: Time;
  question: string;
  before: TriedAnswer;
  after: TriedAnswer;
  is_changed: boolean;
}

export interface ReplayCounts {
  questions: number;
  answered_before: number;
  answered_after: number;
  handed_over_before: number;
  handed_over_after: number;
  changed: number;
}

export interface Replay {
  items: ReplayedTurn[];
  counts: ReplayCounts;
  next: string | null;
}

export interface ArticleBrief {
  id: Ulid;
  title: string;
  language: string;
  tags: string[];
  is_active: boolean;
  source: string | null;
  revision: number;
}

export interface Article extends ArticleBrief {
  text: string;
  passages: { id: Ulid; text: string; questions: string[] }[];
}

export interface Job {
  id: Ulid;
  state: "pending" | "running" | "done" | "failed";
  error: string | null;
  result: { done?: number; total?: number } | null;
}

export interface ProposedQuestion {
  id: Ulid;
  text: string;
  answer: string | null;
  passage_id: Ulid | null;
  article_id: Ulid | null;
}

export interface ReplyFile {
  id: Ulid;
  name: string | null;
}

export interface AutoReplyRule {
  id: Ulid;
  channel_id: Ulid;
  name: string;
  match_kind:
    | "exact"
    | "contains"
    | "word"
    | "pattern"
    | "first_message"
    | "outside_hours"
    | "unanswered";
  is_active: boolean;
}

export interface RuleTrial {
  rule_id: Ulid;
  name: string;
  outcome:
    | "answers"
    | "no_match"
    | "other_language"
    | "stopped"
    | "waits_already"
    | "once_per_session"
    | "limit"
    | "broken_pattern";
  seconds: number | null;
  text: string | null;
  file: string | null;
  buttons: string[];
}

export type RecipientState = "waiting" | "queued" | "sent" | "uncertain" | "failed" | "skipped";

export interface Broadcast {
  id: Ulid;
  name: string;
  state: "draft" | "scheduled" | "running" | "paused" | "done" | "canceled";
  text: string | null;
  entities: unknown[] | null;
  file_id: Ulid | null;
  template: { name: string; values: Record<string, string>; is_always_used: boolean } | null;
  audience: {
    channel_ids: Ulid[];
    tag_ids: Ulid[];
    languages: string[];
    wrote_since: Time | null;
    silent_since: Time | null;
  };
  author_name: string;
  counts: Partial<Record<RecipientState, number>>;
  is_listed: boolean;
  starts_at: Time | null;
  started_at: Time | null;
  ended_at: Time | null;
}

export interface BroadcastPreview {
  people: number;
  channels: { channel_id: Ulid; people: number }[];
  skipped: Record<string, number>;
  example_text: string;
}

export interface Recipient {
  client_id: Ulid;
  client_name: string | null;
  conversation_id: Ulid;
  state: RecipientState;
  reason: string | null;
}

export interface TemplateDetail {
  id: Ulid;
  name: string;
  language: string;
  text: string;
  category: string;
  status: "APPROVED" | "PENDING" | "REJECTED" | "PAUSED" | "DISABLED" | "GONE" | "OTHER";
  reason: string | null;
  cannot_be_sent: string | null;
  gaps: {
    key: string;
    kind: "text" | "image" | "video" | "document" | "code";
    example: string | null;
  }[];
  synced_at: Time;
}

export interface Webhook {
  id: Ulid;
  name: string;
  url: string;
  events: string[];
  is_active: boolean;
  failures: number;
}

export interface Delivery {
  id: Ulid;
  event: string;
  state: "pending" | "aside" | "delivered" | "parked";
  attempts: number;
  status: number | null;
  error: string | null;
  created_at: Time;
}

export interface AuditEntry {
  id: Ulid;
  actor: string;
  action: string;
  subject: string;
  details: Record<string, unknown> | null;
  names: Record<Ulid, string>;
  created_at: Time;
}

export interface ParkedUpdate {
  id: number;
  channel_id: Ulid;
  error: string;
  attempts: number;
  received_at: Time;
  payload: string;
}
