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

export interface Link {
  status:
    | "STOPPED"
    | "STARTING"
    | "SCAN_QR_CODE"
    | "PASSKEY_REQUIRED"
    | "PASSKEY_CONFIRMATION"
    | "WORKING"
    | "FAILED";
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
