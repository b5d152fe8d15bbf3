/** What the API sends (api/*\/models.py); only the fields that the console reads. */

export type Ulid = string;
export type Time = string;

export interface Tokens {
  access_token: string;
  expires_in: number;
  /** Only of a Mini App's log-in: a browser keeps it in a cookie. */
  refresh_token?: string;
  /** Only of a browser's log-in, which all its tabs share. */
  user_id?: Ulid;
}

export interface Me {
  id: Ulid;
  agent_id: Ulid;
  name: string;
  email: string;
  role: "ADMIN" | "CS";
  status: AgentStatus;
  capacity: number;
  active_sessions: number;
  must_enrol_second_factor: boolean;
}

export type AgentStatus = "online" | "busy" | "away" | "offline";

export interface ClientBrief {
  id: Ulid;
  name: string;
  username: string | null;
  phone: string | null;
  language: string | null;
  is_blocked: boolean;
}

export type ChannelKind = "telegram" | "whatsapp_cloud" | "whatsapp_waha";

export interface ChannelBrief {
  id: Ulid;
  kind: ChannelKind;
  name: string;
}

export interface AgentBrief {
  id: Ulid;
  name: string;
  kind: "human" | "ai";
}

export interface Agent extends AgentBrief {
  role: "ADMIN" | "CS" | null;
  status: AgentStatus;
  capacity: number;
  active_sessions: number;
  is_active: boolean;
}

export interface Tag {
  id: Ulid;
  name: string;
}

export type SenderType = "CLIENT" | "CS" | "AI" | "SYSTEM";
export type Direction = "inbound" | "outbound" | "internal";
export type MessageType =
  | "TEXT"
  | "IMAGE"
  | "FILE"
  | "VIDEO"
  | "LINK"
  | "VOICE"
  | "AUDIO"
  | "STICKER"
  | "ANIMATION"
  | "VIDEO_NOTE"
  | "LOCATION"
  | "CONTACT"
  | "OTHER";
export type DeliveryState =
  | "received"
  | "held"
  | "pending"
  | "sent"
  | "delivered"
  | "read"
  | "failed"
  | "uncertain";
export type Priority = "low" | "normal" | "high" | "urgent";

export interface LastMessage {
  id: Ulid;
  sender_type: SenderType;
  direction: Direction;
  message_type: MessageType;
  message: string | null;
  author_name: string | null;
  created_at: Time;
}

/** How long a customer waits in a session. */
export interface Clocks {
  waiting_since: Time | null;
  unanswered_since: Time | null;
}

export interface Session extends Clocks {
  id: Ulid;
  conversation_id: Ulid;
  number: number;
  status: "ACTIVE" | "ENDED";
  waiting: boolean;
  created_at: Time;
  ended_at: Time | null;
  unread_count: number;
  reply_until: Time | null;
  client: ClientBrief;
  channel: ChannelBrief;
  agent: AgentBrief | null;
  tags: Tag[];
  priority: Priority;
  snoozed_until: Time | null;
  last_message: LastMessage | null;
  topic_url?: string | null;
  sla?: Sla | null;
}

export interface Handover {
  from_name: string | null;
  to_name: string | null;
  by_name: string;
  reason: string | null;
  created_at: Time;
}

export interface SessionDetail extends Session {
  handovers: Handover[];
}

/** The customer's last wait for an answer that has a target. */
export interface Sla {
  state: string;
  due_at: Time;
}

export interface OpenSession extends Clocks {
  id: Ulid;
  number: number;
  waiting: boolean;
  created_at: Time;
  agent: AgentBrief | null;
  tags: Tag[];
  priority: Priority;
  snoozed_until: Time | null;
  sla?: Sla | null;
}

export interface Conversation {
  id: Ulid;
  client: ClientBrief;
  channel: ChannelBrief;
  unreachable: string | null;
  session: OpenSession | null;
  session_count: number;
  tags: Tag[];
  unread_count: number;
  reply_until: Time | null;
  last_message: LastMessage | null;
  last_message_at: Time;
}

export interface Entity {
  type: string;
  offset: number;
  length: number;
  url?: string;
}

export interface FileOfMessage {
  url: string;
  name: string | null;
  mime_type: string | null;
  size: number | null;
}

export interface AiMarks {
  confidence?: number | null;
  why?: { passages?: { title?: string }[]; note?: string | null; condition?: string | null } | null;
}

/** A draft of an AI agent, for a person to send or drop. */
export interface Suggestion {
  id: Ulid;
  session_id: Ulid;
  agent_name: string;
  last_message_id: Ulid;
  text: string;
  choices: string[];
  confidence: number | null;
  why: AiMarks["why"];
}

export interface Message {
  id: Ulid;
  session_id: Ulid | null;
  conversation_id: Ulid;
  sender_type: SenderType;
  direction: Direction;
  message_type: MessageType;
  message: string | null;
  entities: Entity[] | null;
  file: FileOfMessage | null;
  attributes: Record<string, any> | null;
  client_key: string | null;
  reactions: { customer: string | null; staff: string | null } | null;
  reply_to_id: Ulid | null;
  author_id: Ulid | null;
  author_name: string | null;
  is_read: boolean;
  delivery_state: DeliveryState;
  delivery_error: string | null;
  created_at: Time;
  edited_at: Time | null;
  deleted_at: Time | null;
  history: { message: string | null; until: Time }[];
}

/** A note that names this agent. */
export interface Mention {
  message_id: Ulid;
  conversation_id: Ulid;
  is_read: boolean;
  created_at: Time;
  message: Message;
  session: Session | null;
  agent: AgentBrief | null;
}

export interface SearchResult {
  session: Session;
  hit: {
    message_id: Ulid;
    before: string;
    match: string;
    after: string;
    direction: Direction;
    author_name: string | null;
    created_at: Time;
  } | null;
}

export interface ClientField {
  name: string;
  value: string;
}

export interface Client extends ClientBrief {
  telegram_id: string | null;
  email: string | null;
  note: { text: string; by: string; at: Time } | null;
  fields: ClientField[];
  avatar_url: string | null;
  created_at: Time;
  contacts: Contact[];
  joins: { id: Ulid; name: string; created_at: Time }[];
  same_phone: Ulid[];
}

export interface Contact {
  channel_id: Ulid;
  external_id: string;
  unreachable: string | null;
  conversation_id: Ulid;
}

export interface CannedActions {
  tags: string[];
  priority: Priority | null;
  agent_id: Ulid | null;
  snooze_minutes: number | null;
  end: boolean;
}

export interface CannedReply {
  id: Ulid;
  shortcut: string;
  title: string;
  text: string;
  actions: CannedActions | null;
  language: string | null;
}

export interface Template {
  id: Ulid;
  name: string;
  language: string;
  text: string;
  variables: string[];
}

/** A report as a table; docs/metrics.md defines its columns. */
export interface Report {
  report: string;
  first_day: string;
  last_day: string;
  before_first_day: string;
  before_last_day: string;
  time_zone: string;
  columns: string[];
  rows: { cells: (string | number | null)[]; sessions: string }[];
}

export interface SessionFigures {
  session_id: Ulid;
  conversation_id: Ulid;
  client_name: string;
  agent_name: string | null;
  opened_at: Time;
  first_answer_seconds: number | null;
  inbound_count: number;
  rating: number | null;
  rating_comment: string | null;
  messages: string;
}

export interface Page<T> {
  items: T[];
  next: string | null;
  previous: string | null;
}

export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail?: string | null;
  request_id?: string;
  errors?: { where: string; field: string; code: string; message: string; limit?: number }[];
  templates?: Template[];
}

/** An event of the stream; `type` names it. */
export interface LiveEvent {
  type: string;
  at: Time;
  session?: Session;
  session_id?: Ulid;
  message?: Message;
  message_id?: Ulid;
  agent?: { id: Ulid; name: string | null; status: AgentStatus | null } | null;
  reason?: string;
  held_until?: Time;
  client_id?: Ulid;
  channel_id?: Ulid;
  suggestion_id?: Ulid | null;
  tag_id?: Ulid;
  tag_name?: string | null;
  state?: string;
}
