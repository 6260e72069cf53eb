// Made by `python -m watchkeeper.schemas` from the API: change the models in hub/api, and run it again.

/** What is to be known of an item that is accepted. */
export interface AcceptRequest {
  /** What is to be known of it */
  note?: string;
}

/** What is to be other than it is. Sessions of the account end; with a new password alone its tokens stay. */
export interface AccountChange {
  /** The new role; null: as it is */
  role?: "operator" | "shift_leader" | "guard" | "desk" | "manager" | "administrator" | "auditor" | null;
  /** True takes it out of use, false back; null: as it is */
  disabled?: boolean | null;
  /** The new password; null: as it is */
  password?: string | null;
  /** Whom of the estate's staff it stands for, by id; empty: nobody; null: as it is */
  person?: string | null;
}

/** All accounts, by key. */
export interface AccountList {
  /** All of them, by key */
  accounts: AccountView[];
}

/** An account. `account`: its key. `has_password` false: only its tokens can be used. `disabled_at` null: it is in use. */
export interface AccountView {
  /** Its key: the name without case and width */
  account: string;
  /** The name as it is written, which stands in records */
  name: string;
  /** What the account may do */
  role: "operator" | "shift_leader" | "guard" | "desk" | "manager" | "administrator" | "auditor";
  /** The role in Chinese */
  role_zh: string;
  /** The role in English */
  role_en: string;
  /** Whom of the estate's staff the account stands for, by id; empty: nobody */
  person: string;
  /** False: only its tokens can be used */
  has_password: boolean;
  /** When it was made: RFC 3339, UTC */
  created_at: string;
  /** Since when it is out of use: RFC 3339, UTC; null: it is in use */
  disabled_at: string | null;
  /** How many of its sign-ins last */
  sign_ins: number;
  /** How many of its tokens last */
  tokens: number;
  /** When one of these was last used, to about a minute: RFC 3339, UTC; null: there is none */
  used_at: string | null;
}

/** A person's act. `version`: the incident's version that the person saw; with it, nobody's change is overwritten unseen. */
export interface ActRequest {
  /** The act's fields, by name */
  fields?: Record<string, string>;
  /** The incident's version that the person saw: nobody's change is overwritten unseen */
  version?: number | null;
}

/** What the agent keeps, for its owner alone. It is told this once. */
export interface AgentEnrolled {
  /** The site's id */
  site: string;
  /** The agent's id */
  agent: string;
  /** The agent's key, 64 hex digits: what it seals by */
  key: string;
  /** Where its broker is */
  broker_url: string;
  /** Its user name at the broker */
  broker_user: string;
  /** Its password at the broker; not asked for where the certificate is */
  broker_password: string;
  /** Whom to trust at the broker, as PEM; empty: the system's authorities */
  ca: string;
  /** Its certificate as PEM; empty: none was asked for, or the hub has no authority */
  certificate: string;
}

/** A one-time token. It is shown this once, and nowhere kept. */
export interface AgentInvited {
  /** The agent's id */
  agent: string;
  /** What the agent enrols by, once: 43 characters */
  token: string;
  /** It is good until then, 15 minutes: RFC 3339, UTC */
  until: string;
}

/** All agents of the estate file. */
export interface AgentKeyList {
  /** In the file's order */
  agents: AgentKeyState[];
}

/** How an agent stands. `file`: its key is in the estate file; `changing`: it has enrolled again and was not started anew. */
export interface AgentKeyState {
  /** The agent's id */
  agent: string;
  /** Its name in Chinese */
  name_zh: string;
  /** Its name in English */
  name_en: string;
  /** none: it has to enrol */
  state: "none" | "file" | "enrolled" | "changing" | "revoked";
  /** When it enrolled last */
  since: string | null;
  /** When it first spoke by that key */
  used: string | null;
  /** When its keys were taken away */
  revoked: string | null;
  /** Why they were */
  reason: string;
  /** Whether it was given a certificate */
  certified: boolean;
  /** Until when it may enrol by a token that was made */
  invited_until: string | null;
}

/** All agents. */
export interface AgentList {
  /** In the estate file's order */
  agents: AgentState[];
}

/** What was taken away. */
export interface AgentRevoked {
  /** The agent's id */
  agent: string;
  /** How many keys ended */
  ended: number;
}

/** An agent. `silent_s`: for how long nothing valid came from it; null when nothing ever did. */
export interface AgentState {
  /** Its id in the estate file */
  id: string;
  /** Where it stands, by the place's id */
  place: string;
  /** Its name in Chinese */
  name_zh: string;
  /** Its name in English */
  name_en: string;
  /** For how many seconds nothing valid came from it; null when nothing ever did */
  silent_s: number | null;
  /** Everything that it had to say up to then is committed, UTC; null: it never said anything */
  reported_up_to: string | null;
  /** Its logs */
  streams: Stream[];
  /** The numbers of its live incidents */
  live_incidents: number[];
}

/** What stands above single incidents. `flood`: the one that lasts; in it only P1 and P2 sound, and all is listed. */
export interface AlarmState {
  /** The moment that this is of, UTC */
  at: string;
  /** The flood that lasts; null: there is none */
  flood: Flood | null;
  /** Where the sound is off */
  silences: SilenceView[];
  /** How many maintenance windows are to come or last */
  maintenance: number;
}

/** The resident is asked. Where nobody can be told, ring up and enter the call. */
export interface AskedView {
  /** As it is now */
  visit: VisitView;
  /** How many of the household are being told */
  told: number;
  /** How many of the household have no phone on record */
  unreachable: number;
  /** Nobody can be told: the desk has to ring up */
  by_phone: boolean;
}

/** One act. Texts about people are `person:ID` or `person:ID/N`, and for an auditor what they stand for; 已清除 where the person was erased. */
export interface AuditEntry {
  /** Its number: from 1, without a hole */
  no: number;
  /** When: RFC 3339, UTC */
  at: string;
  /** Who did it; `hub` and `local` are no people */
  actor: string;
  /** The actor's role at that time; empty for a program */
  role: string;
  /** What was done */
  act: string;
  /** The sort of thing it was done to */
  topic: string;
  /** To which of them */
  subject: string;
  /** Why, as the actor wrote it; may be empty */
  reason: string;
  /** What was other before, by the name of the field */
  before: Record<string, unknown>;
  /** The same after the act, and what was said with it */
  after: Record<string, unknown>;
  /** SHA-256 over the entry and the hash of the one before, in hex */
  hash: string;
}

/** The log's end as it was signed at a time; every agent keeps it as well. */
export interface AuditHead {
  /** Grows with each restore of a backup; 0 before the first */
  epoch: number;
  /** The number of the last entry at that time */
  no: number;
  /** When it was signed: RFC 3339, UTC */
  at: string;
  /** That entry's hash, in hex */
  hash: string;
  /** The Ed25519 public key, in hex */
  key: string;
  /** The signature, in hex: see docs/design/audit.md */
  signature: string;
}

/** Heads, newest first. */
export interface AuditHeadList {
  /** The newest heads */
  heads: AuditHead[];
}

/** Entries, newest first. */
export interface AuditList {
  /** The entries of this page */
  entries: AuditEntry[];
  /** Give it as `before` for the page with older ones; null at the end */
  before: number | null;
}

/** Why something is done; it stands on the audit log. */
export interface Because {
  /** Why it is done */
  reason: string;
}

/** A guard's token on a phone. */
export interface Binding {
  /** Its public name */
  binding: string;
  /** The phone */
  phone: string;
  /** Whom of the staff it speaks for */
  person: string;
  /** The account that bound it */
  account: string;
  /** When it was bound, UTC */
  bound_at: string;
  /** When it was used last, to within half a minute, UTC */
  used_at: string;
  /** When it ends by itself, UTC */
  expires_at: string;
}

/** All tokens that work. */
export interface BindingList {
  /** The newest first */
  bindings: Binding[];
}

/** The phone's token, told this once. */
export interface Bound {
  /** Sent as `Authorization: Bearer` by the phone, and by nothing else */
  token: string;
  /** Its public name, see GET /phones */
  binding: string;
  /** The phone */
  phone: string;
  /** Whom of the staff it speaks for */
  person: string;
  /** Until then it works without a new sign-in, UTC */
  expires_at: string;
}

/** An opening by hand, with who and why. */
export interface ByHandView {
  /** When it was done: RFC 3339, UTC */
  at: string;
  /** The door or barrier, by its id */
  gate: string;
  /** In whose name */
  actor: string;
  /** Why; empty: its command is not on record any more */
  reason: string;
}

/** A month of a camera's stream, day by day. */
export interface Calendar {
  /** The camera, by its id */
  device: string;
  /** main or sub */
  stream: string;
  /** The estate's zone */
  timezone: string;
  /** Up to today */
  days: DayView[];
}

/** The calls of one source. Figures of two sources are not added up: what people declare and what an exchange measures are two kinds of knowledge. */
export interface CallFigures {
  /** declared: by people; exchange: measured */
  source: "declared" | "exchange";
  /** The source in Chinese */
  source_zh: string;
  /** The source in English */
  source_en: string;
  /** Incoming calls that had to be answered; those given up in time are not among them */
  calls: number;
  /** Of those, answered within three rings */
  within: number;
  /** Of those, answered later */
  late: number;
  /** Of those, not answered */
  unanswered: number;
  /** Calls whose caller gave up before the time was over */
  given_up: number;
  /** Outgoing calls */
  outgoing: number;
  /** The share answered within three rings, in percent; null: there were no calls */
  within_percent: string | null;
  /** Half of the answered calls were answered within so many seconds; null: none was */
  median_s: number | null;
  /** The longest wait for an answer in seconds; null: none was answered */
  longest_s: number | null;
}

/** Calls, newest first; numbers are masked. */
export interface CallList {
  /** Newest first */
  calls: CallView[];
}

/** Who is called in a step. */
export interface CallModel {
  /** Which authority or superior it is, by name */
  whom: "superior" | "police" | "fire" | "medical" | "utilities" | "property_office" | "residents_committee" | "lift_company" | "other";
  /** What they are called, in Chinese */
  zh: string;
  /** What they are called, in English */
  en: string;
  /** Their number; empty: not entered */
  phone?: string;
}

/** What a call was about; empty fields stay as they are. */
export interface CallNotes {
  /** Who took it, an id of the staff */
  person?: string;
  /** What it was about */
  about?: string;
  /** The incident that it belongs to */
  incident?: number | null;
}

/** A call as somebody enters it. An incoming one without `answered_at` was not answered. */
export interface CallRequest {
  /** The caller's own name for it, the same each time it is sent */
  key: string;
  /** in or out */
  direction?: "in" | "out";
  /** The other end's number, where it is known */
  number?: string;
  /** When it began to ring: RFC 3339 with an offset, by the desk's clock */
  rang_at: string;
  /** When it was answered: RFC 3339 with an offset; null: it was not */
  answered_at?: string | null;
  /** When it ended: RFC 3339 with an offset; null: not told */
  ended_at?: string | null;
  /** The post at which it rang; empty: the one that is checked */
  place?: string;
  /** Who took it, an id of the staff; empty: whom the account stands for */
  person?: string;
  /** What it was about */
  about?: string;
  /** The incident that it belongs to; null: none */
  incident?: number | null;
}

/** A call. `source`: `declared` by a person, whose times are their word, or measured by the `exchange`. */
export interface CallView {
  /** Its id: SOURCE:NAME */
  id: string;
  /** declared: a person's word; exchange: measured */
  source: "declared" | "exchange";
  /** The source in Chinese */
  source_zh: string;
  /** The source in English */
  source_en: string;
  /** in or out */
  direction: "in" | "out";
  /** The other end's number; masked in lists */
  number: string;
  /** The post at which it rang, by the place's id */
  place: string;
  /** When it began to ring: RFC 3339, UTC; null: nobody has told */
  rang_at: string | null;
  /** When it was answered: RFC 3339, UTC; null: it was not */
  answered_at: string | null;
  /** When it ended: RFC 3339, UTC; null: it lasts, or nobody has told */
  ended_at: string | null;
  /** How long the caller waited for an answer, in seconds; null: not answered */
  answer_s: number | null;
  /** ringing, answered, answered_late, unanswered, given_up (in time), out, or unknown */
  outcome: "ringing" | "answered" | "answered_late" | "unanswered" | "given_up" | "out" | "unknown";
  /** The outcome in Chinese */
  outcome_zh: string;
  /** The outcome in English */
  outcome_en: string;
  /** Who entered it: the account's name; empty: the exchange */
  actor: string;
  /** Who took it, an id of the staff; empty: not known */
  person: string;
  /** What it was about */
  about: string;
  /** The incident that it belongs to; null: none */
  incident: number | null;
}

/** A clock of a case. `due_at`: its end while it is awaited. `elapsed_s`: how long it has run, without pauses. */
export interface CaseClockState {
  /** The clock's name */
  clock: string;
  /** What it is called, in Chinese */
  title_zh: string;
  /** What it is called, in English */
  title_en: string;
  /** It counts now */
  running: boolean;
  /** It ran out */
  expired: boolean;
  /** How long it has run, in seconds without pauses */
  elapsed_s: number;
  /** When it ends if nothing happens, UTC; null while it does not run */
  due_at: string | null;
}

/** What is wrong with a file. `row`: as a spreadsheet counts it, the header being 1; 0: no row of it. */
export interface CellWrongModel {
  /** The row, as a spreadsheet counts it */
  row: number;
  /** The column's English name, or empty */
  column: string;
  /** Its Chinese name, or empty */
  column_zh: string;
  /** A name of what is wrong */
  code: string;
  /** What is wrong, in Chinese */
  what_zh: string;
  /** What is wrong, in English */
  what_en: string;
  /** What the column takes, in Chinese */
  write_zh: string;
  /** What the column takes, in English */
  write_en: string;
}

/** One thing that the hub needs. `reason` is empty when it is well. */
export interface Check {
  /** It is well */
  ok: boolean;
  /** What is not well, a name; empty when it is well */
  reason: string;
  /** The same for people */
  detail: string;
}

/** The window that is answered. */
export interface CheckInRequest {
  /** The window's id */
  window: string;
}

/** All posts that people answer at the desk, at one moment of the hub's. */
export interface CheckInState {
  /** The hub's time, which `seconds_left` counts from: RFC 3339, UTC */
  at: string;
  /** Whom of the staff the account that asks stands for; empty: nobody, and it cannot answer */
  person: string;
  /** The posts, by the estate's routes */
  posts: Post[];
}

/** One 查岗. `phase`: `waiting` for its opening, `open`, `sounding` (nobody has answered for a minute), or `over`. */
export interface CheckInWindow {
  /** The window's id, with which it is answered */
  window: string;
  /** From when on it can be answered: RFC 3339, UTC */
  opens_at: string;
  /** Until when it can be answered, and then escalates: RFC 3339, UTC */
  ends_at: string;
  /** From when on it sounds where nobody has answered: RFC 3339, UTC */
  sounds_at: string;
  /** Until its end in seconds; 0 where it is over, or kept */
  seconds_left: number;
  /** waiting, open, sounding or over */
  phase: "waiting" | "open" | "sounding" | "over";
  /** The window's state: open, kept, missed, unproven or withdrawn */
  state: string;
  /** Who answered, an id of the staff; empty: nobody yet, or it is not known */
  person: string;
  /** Their name in Chinese */
  person_zh: string;
  /** Their name in English */
  person_en: string;
}

/** One of a selection. `version`: the one that the person saw. */
export interface Chosen {
  /** The incident's number */
  no: number;
  /** The incident's version that the person saw; null: whichever it has */
  version?: number | null;
}

/** A clause of the policy in force. */
export interface ClauseView {
  /** The clause */
  id: string;
  /** What it asks for, in Chinese */
  zh: string;
  /** What it asks for, in English */
  en: string;
  /** Its numbers by name; the unit is part of the name */
  numbers: Record<string, number>;
  /** The law that a number rests on */
  legal_basis: string;
}

/** A command. `phase`: asked, sent, done, refused, failed or no_answer; `detail` names what refused, and `detail_zh` and `detail_en` say it to people. */
export interface Command {
  /** Its name */
  id: string;
  /** The device, by its id */
  device: string;
  /** What was asked for */
  action: string;
  /** Who does it, as people know them */
  actor: string;
  /** Why it is done */
  reason: string;
  /** How far it has got */
  phase: "asked" | "sent" | "done" | "refused" | "failed" | "no_answer";
  /** What refused it, or why it failed, a name */
  detail: string;
  /** The same for people, in Chinese */
  detail_zh: string;
  /** The same for people, in English */
  detail_en: string;
  /** When it was asked for, UTC */
  asked_at: string;
  /** When its result came, UTC; null before */
  ended_at: string | null;
}

/** Commands, the newest first. */
export interface CommandList {
  /** The newest first */
  commands: Command[];
}

/** What is to be done at a device, and why. The agent's interlocks may refuse. */
export interface CommandRequest {
  /** What is to be done: open, close, stop, unlock */
  action: string;
  /** Why it is done */
  reason: string;
}

/** Windows that ended on the local days `first` to `last`, both included. Hours come by the clock, all else the worst first, and before that what had nothing due. */
export interface ComplianceReport {
  /** The first local day */
  first: string;
  /** The last local day, included */
  last: string;
  /** What a row is */
  by: string;
  /** What is told is what was known then, UTC */
  as_of: string;
  /** The worst first; hours by the clock */
  rows: FiguresRow[];
  /** EMG-2 to EMG-5, for emergencies that began on these days */
  emergencies: EmergencyFigures[];
}

/** What state a device is in, as it told last: a name, and the word for people. `unknown` where it was never heard, is not heard now, or may have changed unheard. `since`: null where it is not known since when. */
export interface Condition {
  /** open, closed, moving, position_unknown; live, lost; dark, frozen, defocused, blinded, moved, occluded; in_contact; unknown */
  name: string;
  /** The same for people, in Chinese */
  zh: string;
  /** The same for people, in English */
  en: string;
  /** It is so that no device should be like this */
  abnormal: boolean;
  /** Since when, by the hub's time line, UTC; null: not known */
  since: string | null;
}

/** In which state an item is, and what is to be known of it. */
export interface ConditionRequest {
  /** in: fit for use; broken; lost */
  condition: "in" | "broken" | "lost";
  /** What is to be known of it */
  note?: string;
}

/** Whether it is in force now; false: a second person is waited for. */
export interface Confirmed {
  /** It is in force */
  done: boolean;
}

/** What follows from the changes. */
export interface Consequence {
  /** In Chinese */
  text_zh: string;
  /** In English */
  text_en: string;
}

/** How many live incidents there are of one priority. */
export interface Count {
  /** 1 is the most urgent, 4 the least */
  priority: number;
  /** How many are open */
  open: number;
  /** How many are acknowledged */
  acknowledged: number;
  /** How many are shelved */
  shelved: number;
  /** How many a maintenance window holds back */
  held: number;
  /** How many of them came late */
  late: number;
}

/** What a stream of a camera shows of a time, and what it does not. */
export interface Coverage {
  /** The camera, by its id */
  device: string;
  /** main or sub */
  stream: string;
  /** What was asked for: RFC 3339, UTC */
  from: string;
  /** What was asked for, up to now at the most: RFC 3339, UTC */
  to: string;
  /** The first footage ever; before it nothing is a hole. null: there was none */
  since: string | null;
  /** In order */
  runs: CoveredView[];
  /** In order; what is missing for a second or less is none */
  holes: HoleView[];
}

/** A time that footage shows from its begin to its end, or showed until it was deleted on its day. */
export interface CoveredView {
  /** Since when: RFC 3339, UTC */
  from: string;
  /** Until when: RFC 3339, UTC */
  to: string;
  /** It was deleted on its day */
  deleted: boolean;
}

/** Credentials by id. */
export interface CredentialPage {
  /** By their ids */
  credentials: CredentialView[];
  /** What to send as `after` for the next page; null: this was the last */
  next: string | null;
}

/** A credential. Its number is nowhere kept: `name` is its hash under the site's card key. */
export interface CredentialView {
  /** Counted from 1 */
  version: number;
  /** When this version came to be: RFC 3339, UTC */
  changed_at: string;
  /** Its id in the book of permits */
  id: string;
  /** Which permit it proves */
  permit: string;
  /** card, plate, qr, pin or face */
  medium: "card" | "plate" | "qr" | "pin" | "face";
  /** The keyed hash that gates know it by */
  name: string;
  /** What it is recognised by: a plate's text, the last two digits of a card */
  shown: string;
  /** active, suspended, lost, revoked or replaced */
  state: "active" | "revoked" | "lost" | "replaced" | "suspended";
  /** From when on; null: as the permit */
  valid_from: string | null;
  /** Until when; null: as the permit */
  valid_until: string | null;
  /** A PIN of its own may follow it */
  has_pin: boolean;
  /** The credential that replaced it, or empty */
  instead: string;
  /** Since when it is lost, revoked or replaced: RFC 3339, UTC; null: it is live */
  ended_at: string | null;
}

/** Somebody else at the same window proves who they are; nobody is signed in by it. */
export interface Credentials {
  /** The account's name */
  name: string;
  /** The account's password */
  password: string;
}

/** A local day of a camera's stream. `none`: no footage was ever expected; `gone`: all of it was deleted on its day. */
export interface DayView {
  /** The local day */
  day: string;
  /** none, whole, holed or gone; today is judged up to now */
  state: "none" | "whole" | "holed" | "gone";
  /** How much of it footage shows, in seconds */
  covered_s: number;
  /** How much of it is missing, in seconds */
  missing_s: number;
  /** Why, each cause once */
  causes: string[];
}

/** A change that a channel gave up on. `change` is the change log's row. */
export interface DeadLetter {
  /** The channel that gave up on it */
  reader: string;
  /** The change's position in the change log */
  pos: number;
  /** When the channel gave up, UTC */
  at: string;
  /** How often it was tried */
  tries: number;
  /** What the last try failed with */
  error: string;
  /** The change log's row */
  change: Record<string, unknown>;
}

/** Dead letters, newest first. */
export interface DeadLetterPage {
  /** Newest first */
  dead_letters: DeadLetter[];
}

/** An act on a credential, or an end. */
export interface DeedBody {
  /** The version that was seen; 0: it is new */
  version: number;
  /** Why it is done; it stands in the history and on the audit log */
  reason?: string;
}

/** For `agree` and `decline`, a call that the desk enters: whom it spoke to and what was said. */
export interface DeedRequest {
  /** A holder of the household, of agree and decline alone */
  person?: string;
  /** What was said, or anything else */
  note?: string;
}

/** A delivery after something was done with it. */
export interface DeliveryDone {
  /** As it is now */
  delivery: DeliveryView;
  /** How many of the household are being told */
  told: number;
  /** How many of the household have no phone on record */
  unreachable: number;
  /** Nobody can be told: the desk has to ring up */
  by_phone: boolean;
}

/** Deliveries, newest first. */
export interface DeliveryList {
  /** Newest first */
  deliveries: DeliveryView[];
}

/** A delivery with its history and its notices. */
export interface DeliveryPage {
  /** As it is now */
  delivery: DeliveryView;
  /** Oldest first */
  history: VisitEntryView[];
  /** Who was told, newest first */
  notices: ResidentNotice[];
}

/** Goods at a drop-off point, or that were there. */
export interface DeliveryView {
  /** Its random name */
  id: string;
  /** dropped, carried, collected or returned */
  state: "dropped" | "carried" | "collected" | "returned";
  /** The state in Chinese */
  state_zh: string;
  /** The state in English */
  state_en: string;
  /** For which household, by its id */
  room: string;
  /** The drop-off point, by the place's id */
  place: string;
  /** Whose courier */
  company: string;
  /** How many pieces */
  parcels: number;
  /** When they were left: RFC 3339, UTC */
  made_at: string;
  /** Who entered it */
  made_by: string;
  /** When the household was told: RFC 3339, UTC; null: nobody could be */
  told_at: string | null;
  /** Whether a guard may carry it to the door: empty, asked, yes, no or expired */
  consent: "" | "asked" | "yes" | "no" | "expired";
  /** The consent in Chinese */
  consent_zh: string;
  /** The consent in English */
  consent_en: string;
  /** When it was asked or answered: RFC 3339, UTC */
  consent_at: string | null;
  /** By link or call; empty: nobody has answered */
  consent_how: "" | "link" | "call" | "resident" | "staff";
  /** The holder who answered */
  consent_by: string;
  /** Who carried it to the door */
  carrier: string;
  /** Nobody came for it in time */
  unclaimed: boolean;
  /** When it was over: RFC 3339, UTC */
  ended_at: string | null;
  /** What can be done now */
  deeds: string[];
}

/** Figures of the desk over local days. */
export interface DeskKpi {
  /** The first local day */
  first: string;
  /** The last local day, included */
  last: string;
  /** The estate's time zone */
  timezone: string;
  /** Within so many seconds a call is to be answered: the policy's number */
  rings_s: number;
  /** One for each source, apart */
  calls: CallFigures[];
  /** Check-ins, records and handovers */
  duties: DutyFigures[];
}

/** A rule that a maintenance window can name. */
export interface DetectorName {
  /** Its name */
  detector: string;
  /** What it finds, in Chinese */
  name_zh: string;
  /** What it finds, in English */
  name_en: string;
}

/** The rules that may be held back: not fire, calls for help and silent guards. */
export interface DetectorNames {
  /** All of them */
  detectors: DetectorName[];
}

/** A device and its newest events. */
export interface DeviceDetail {
  /** The device */
  device: DeviceState;
  /** Its newest events */
  events: Event[];
}

/** All devices, in the estate file's order. */
export interface DeviceList {
  /** In the estate file's order */
  devices: DeviceState[];
}

/** A device of the estate. `reported_up_to`: everything that it had to say up to then is committed. */
export interface DeviceState {
  /** Its id in the estate file */
  id: string;
  /** What it is */
  kind: string;
  /** Where it stands, by the place's id */
  place: string;
  /** The place's name in Chinese */
  place_zh: string;
  /** The place's name in English */
  place_en: string;
  /** The agent that reads it */
  agent: string;
  /** Its name in Chinese */
  name_zh: string;
  /** Its name in English */
  name_en: string;
  /** On which floor's drawing it stands, or its place; null: on none */
  floor: string | null;
  /** Where, as shares of the drawing's width and height from the upper left; null: nowhere */
  at: number[] | null;
  /** Everything that it had to say up to then is committed, UTC; null: it never said anything */
  reported_up_to: string | null;
  /** What state it is in, as it told last */
  condition: Condition;
  /** What else it tells about itself: loop, beam, arm, picture */
  signals: Signal[];
  /** The numbers of its live incidents */
  live_incidents: number[];
}

/** What is open about an agent's disk. */
export interface DiskView {
  /** The agent, by its id */
  agent: string;
  /** It will not hold what is owed */
  short: boolean;
  /** Nothing is recorded, as it is full */
  full: boolean;
}

/** Who is sent. */
export interface DispatchRequest {
  /** One of GET …/guards */
  person: string;
  /** What the guard should know */
  note?: string;
  /** The incident's version that was seen */
  version?: number | null;
}

/** A link to the archive, for this sign-in. */
export interface DownloadOpened {
  /** Where it is, below the API's address */
  path: string;
  /** How long the link lasts, in seconds */
  valid_s: number;
}

/** Somebody takes the archive. */
export interface DownloadRequest {
  /** Why; it stands in the register and on the audit log */
  reason: string;
}

/** A floor's drawing, without its body. A position `at: [x, y]` is a share of its width and height from the upper left. */
export interface DrawingInfo {
  /** The floor's id */
  floor: string;
  /** image/svg+xml or image/png */
  media_type: string;
  /** SHA-256 of what is served; its ETag */
  digest: string;
  /** In the drawing's own units */
  width: number;
  /** In the same units */
  height: number;
  /** How long the file is */
  size_bytes: number;
}

/** A drawing that was taken in. */
export interface DrawingTaken {
  /** What is served now */
  drawing: DrawingInfo;
  /** How many elements and attributes were left out, since they are not known to be harmless */
  dropped: number;
}

/** Goods that a courier leaves. */
export interface DropRequest {
  /** For which household, by its id */
  room: string;
  /** The drop-off point, by the place's id */
  place: string;
  /** Whose courier */
  company?: string;
  /** How many pieces */
  parcels?: number;
}

/** How a duty of the desk was kept: exact sums of its windows. */
export interface DutyFigures {
  /** The duty, by its id */
  duty: string;
  /** The duty in Chinese */
  duty_zh: string;
  /** The duty in English */
  duty_en: string;
  /** Windows that ended */
  due: number;
  /** Of those, kept in time */
  kept: number;
  /** Of those, missed */
  missed: number;
  /** Of those, neither shown to be kept nor to be missed */
  unproven: number;
  /** Of those, kept after all, which was known late */
  withdrawn: number;
}

/** All duties of the policy in force. */
export interface DutyList {
  /** In the policy's order */
  duties: DutyView[];
}

/** A duty of the policy and its routes; without a route it asks for nothing. `evidence`: scan, answer or report. `requires`, `equal`: what a report must hold. `void`: flags with which a scan does not count. `by`: the posts that may do it. */
export interface DutyView {
  /** Its id in the policy */
  duty: string;
  /** The clause of the policy that it comes under */
  clause: string;
  /** What it asks for, in Chinese */
  zh: string;
  /** What it asks for, in English */
  en: string;
  /** scan: somebody was there; answer: the post answered; report: a form was filled in */
  evidence: string;
  /** Of the incident that a gap is, 1 to 4 */
  priority: number;
  /** For so many seconds after it is due it may still be done */
  tolerance_s: number;
  /** What is done so many seconds before the opening is noted, and does not count */
  early_s: number;
  /** When, as in the policy; seconds, and local times of the estate */
  schedules: (Record<string, unknown>)[];
  /** The posts that may do it; none: anybody */
  by: string[];
  /** Flags with which a scan does not count */
  void: string[];
  /** Fields that a report must have */
  requires: string[];
  /** Pairs of fields of a report that must be equal */
  equal: string[][];
  /** Where it is done; without a route it asks for nothing */
  routes: RouteView[];
}

/** How the clocks of emergencies under one clause were kept. `begun` is the sum of the next four. */
export interface EmergencyFigures {
  /** The clause of the policy */
  clause: string;
  /** What it asks for, in Chinese */
  zh: string;
  /** What it asks for, in English */
  en: string;
  /** How many clocks began: the sum of the next four */
  begun: number;
  /** How many were done in time */
  kept: number;
  /** How many were not, whether they were done later or never */
  missed: number;
  /** How many still run */
  running: number;
  /** How many ended undone, as the incident was over before their time */
  ended: number;
  /** kept / (kept + missed), an exact fraction; null where neither is there */
  rate: string | null;
}

/** An end. */
export interface EndBody {
  /** The version that was seen; 0: it is new */
  version: number;
  /** Why it is done; it stands in the history and on the audit log */
  reason?: string;
  /** Of a holder: erase name, phone and note too */
  erase?: boolean;
}

/** How many sessions ended. */
export interface Ended {
  /** How many sessions and tokens ended */
  ended: number;
}

/** What was ended. */
export interface EndedBindings {
  /** How many tokens */
  ended: number;
}

/** A token, and where the agent wants a certificate a request that its own key has signed. */
export interface EnrolAgentRequest {
  /** The one-time token */
  token: string;
  /** PKCS #10 as PEM: EC P-256 or RSA; its names do not count. Empty: no certificate is wanted */
  csr?: string;
}

/** A tag for a place or for a person, and why. */
export interface EnrolRequest {
  /** What kind of tag it is */
  medium?: "nfc" | "rfid" | "ibutton" | "card" | "qr";
  /** The number as a reader prints it. For `qr`: nothing, and a new label is made; or what a label holds */
  tag?: string | null;
  /** The checkpoint at which it stands; or else `person` */
  place?: string;
  /** Whose it is, an id of the staff; or else `place` */
  person?: string;
  /** Why it is done */
  reason: string;
}

/** A tag that counts from now on. `label`: what its QR code holds; null for a tag of another kind. */
export interface Enrolled {
  /** The tag as it counts now */
  tag: TagRow;
  /** What its QR code holds; null for a tag of another kind */
  label: string | null;
}

/** What became of an entry. `accepted` and `duplicate`: it is committed, take it out of the outbox. `refused`: keep it for the guard to see, and do not send it again. */
export interface EntryOutcome {
  /** The entry's own */
  key: string;
  /** What became of it */
  outcome: "accepted" | "duplicate" | "refused";
  /** What is odd about it; it is kept all the same */
  flags: string[];
  /** The window that it keeps; of several the one that ends first */
  window: string | null;
  /** Why it keeps none */
  why: string | null;
  /** The same in Chinese */
  why_zh: string | null;
  /** The same in English */
  why_en: string | null;
  /** The incident that it is about, or has raised */
  incident: number | null;
  /** Why it was refused, a name that stays the same */
  code: string | null;
  /** Why it was refused and what to do, in Chinese */
  message_zh: string | null;
  /** The same in English */
  message_en: string | null;
}

/** Why a person is erased. */
export interface EraseRequest {
  /** Why; it stands in the log */
  reason: string;
}

/** Whom the log can no longer name. */
export interface Erased {
  /** The ID that stands in entries */
  person: string;
}

/** A row that is new, changed or gone. */
export interface EstateChange {
  /** What happens to it */
  what: "added" | "changed" | "removed";
  /** The table; estate: its head */
  kind: string;
  /** The row's id */
  id: string;
  /** Which values differ, of a changed one */
  fields: string[];
  /** The same in Chinese */
  text_zh: string;
  /** The same in English */
  text_en: string;
}

/** A document that might take the estate's place. */
export interface EstateCheck {
  /** The whole estate, as GET /estate gives it */
  document: Record<string, unknown>;
}

/** What a document, or a table, would do or has done. */
export interface EstateOutcome {
  /** Nothing is wrong with it */
  good: boolean;
  /** It is in force now */
  applied: boolean;
  /** The version in force */
  version: number;
  /** Everything that is wrong, 200 at most */
  errors: EstateWrong[];
  /** The rows that differ from the estate in force */
  changes: EstateChange[];
  /** What follows from that */
  consequences: Consequence[];
  /** Of an import: the whole document with the table's rows in it */
  document: Record<string, unknown> | null;
}

/** A document that is to take the estate's place. */
export interface EstatePut {
  /** The version that was edited; another one in force is 409 */
  seen: number;
  /** The whole estate, as GET /estate gives it */
  document: Record<string, unknown>;
  /** Why, in the words of who does it */
  reason?: string;
  /** file: it is the content of an estate file */
  origin?: "edit" | "file";
}

/** The estate in force. `version` is what a PUT has to have seen. */
export interface EstateView {
  /** Its number; 0: the hub has not read its file yet */
  version: number;
  /** The estate file's values, with positions on the plan; no keys */
  document: Record<string, unknown>;
  /** The floors' drawings */
  drawings: DrawingInfo[];
  /** Agents that have no key: nothing of them is believed until they have one */
  keyless: string[];
  /** What became of the settings' estate file: same, import, differs (the database counts), failed, unknown */
  file: string;
}

/** One thing that is wrong. `row`, `column`: in the table that is imported, as a spreadsheet counts. */
export interface EstateWrong {
  /** Where in the document; empty: in the table alone */
  at: string;
  /** The table's row, the heading being 1; null: no row of it */
  row: number | null;
  /** The table's column; empty: the whole row */
  column: string;
  /** What is wrong, by a name that stays the same */
  code: string;
  /** What is wrong, in Chinese */
  message_zh: string;
  /** What is wrong and what to write instead, in English */
  message_en: string;
}

/** A committed reading. `at` is the hub's time line; the agent's and the device's own times stand beside it. */
export interface Event {
  /** The log that it came in */
  stream: string;
  /** Its number in the log */
  seq: number;
  /** Who said it, by id */
  device: string;
  /** The kind of reading */
  kind: string;
  /** When it happened, on the hub's time line, UTC */
  at: string;
  /** The same by the agent's clock, UTC */
  agent_at: string;
  /** The same by the device's own clock, UTC, where it tells */
  device_at: string | null;
  /** When the hub took it in, UTC */
  hub_at: string;
  /** What was said; a unit is part of a field's name */
  reading: Record<string, unknown>;
}

/** Events, newest first. `next`: the next page's cursor, null at the end. With `kind`, a page may be short and have one. */
export interface EventPage {
  /** Newest first */
  events: Event[];
  /** The cursor of the next page; null at the end */
  next: string | null;
}

/** The scan, answer or report that keeps a window. */
export interface EvidenceView {
  /** What brought it: a device, a phone, or `hub` */
  source: string;
  /** The source's own name for it */
  key: string;
  /** When it was made, UTC */
  at: string;
  /** nfc, rfid, ibutton, card, qr, or hand: entered by a person */
  medium: string;
  /** What is odd about it; it counts all the same */
  flags: string[];
}

/** What a telephone exchange tells of a call, in whatever order and however often. */
export interface ExchangeEvent {
  /** The exchange's own id of the call */
  call: string;
  /** ringing, answered or ended */
  event: "ringing" | "answered" | "ended";
  /** When, by the exchange's clock: RFC 3339 with an offset */
  at: string;
  /** The other end's number, where it is known */
  number?: string;
  /** in or out */
  direction?: "in" | "out";
  /** The post at which it rings; empty: the one that is checked */
  place?: string;
}

/** Archives, newest first. `key`: the fingerprint of the key that seals them, to be told to receivers by another way. */
export interface ExportList {
  /** Newest first */
  exports: ExportView[];
  /** The fingerprint of the hub's key that seals archives: SHA-256, hex */
  key: string;
}

/** Footage is to go out of the house, in a sealed archive. */
export interface ExportRequest {
  /** Why it goes out; it stands in the register, on the audit log and in the archive */
  reason: string;
  /** Who gets it; it stands in the archive */
  receiver: string;
  /** The receiver's own number for it */
  ticket?: string;
  /** The cameras, 4 at most, by their ids */
  cameras: string[];
  /** From then on: RFC 3339 with an offset */
  from: string;
  /** Until then, 24 h at most: RFC 3339 with an offset */
  to: string;
  /** main, or sub for the small picture */
  stream?: "main" | "sub";
  /** The incident it is about, by its number */
  incident?: number | null;
}

/** An archive, made or to be made. `state`: queued, making, done, failed, cancelled, or expired: it was deleted in time. */
export interface ExportView {
  /** Its name */
  id: string;
  /** queued, making, done, failed, cancelled or expired */
  state: string;
  /** Of a failed one: why, a name such as hub_restarted, agent_away, disk_failed; else empty */
  detail: string;
  /** How much of it is made, from 0 to 1 */
  progress: number;
  /** When it was asked for: RFC 3339, UTC */
  at: string;
  /** When it was made, or failed: RFC 3339, UTC */
  ended_at: string | null;
  /** When it is deleted at the hub: RFC 3339, UTC; null: there is none */
  expires_at: string | null;
  /** How long it is; 0: there is none */
  size_bytes: number;
  /** The archive's SHA-256 in hex; empty: there is none */
  sha256: string;
  /** Who asked for it */
  actor: string;
  /** Why, in the actor's words */
  reason: string;
  /** Who gets it */
  receiver: string;
  /** The receiver's own number for it, or empty */
  ticket: string;
  /** The cameras, by their ids */
  cameras: string[];
  /** Of footage from then on: RFC 3339, UTC */
  from: string;
  /** Of footage until then: RFC 3339, UTC */
  to: string;
}

/** One figure with what it counts. `value` is null where nothing is known, which is never good. */
export interface Figure {
  /** The figure's name, which stays the same */
  name: string;
  /** What it is called, in Chinese */
  name_zh: string;
  /** What it is called, in English */
  name_en: string;
  /** A decimal number; null where nothing is known */
  value: string | null;
  /** Its unit, in Chinese */
  unit_zh: string;
  /** Its unit, in English */
  unit_en: string;
  /** What it counts, in Chinese */
  definition_zh: string;
  /** What it counts, in English */
  definition_en: string;
}

/** How duties were kept at one place, on one route, in one hour, by one person, or one duty. `due` is the sum of the others. `rate`: (kept + withdrawn) / due as an exact fraction, null where nothing was due; `percent`: the same, cut off after one digit and never rounded up. */
export interface FiguresRow {
  /** What the row is of: an id, or an hour */
  key: string;
  /** Its name in Chinese */
  name_zh: string;
  /** Its name in English */
  name_en: string;
  /** How many windows have ended and are judged: the sum of the next four */
  due: number;
  /** How many were done in time */
  kept: number;
  /** How many were not done */
  missed: number;
  /** How many have no evidence yet, and a source that has not reported */
  unproven: number;
  /** How many were raised as a gap, and then found to be done in time */
  withdrawn: number;
  /** (kept + withdrawn) / due, an exact fraction; null where nothing was due */
  rate: string | null;
  /** The same in percent, cut off after one digit; null where nothing was due */
  percent: string | null;
}

/** More alarms than people can take in. `no`: the incident that it began with; `count`: its alarms, and those of the 10 minutes before it began; `groups`: in the order in which their first alarms came. */
export interface Flood {
  /** The number of the incident that it began with */
  no: number;
  /** When it began, UTC */
  began_at: string;
  /** When it ended, UTC; null while it lasts */
  ended_at: string | null;
  /** Its alarms, and those of the 10 minutes before it began */
  count: number;
  /** By cause and zone, in the order in which their first alarms came */
  groups: FloodGroup[];
}

/** The alarms of one cause in one zone within a flood. `first_no`: the first-out, the one that came first. */
export interface FloodGroup {
  /** The rule that found them */
  cause: string;
  /** What the cause is called, in Chinese */
  cause_zh: string;
  /** What the cause is called, in English */
  cause_en: string;
  /** The zone, by the place's id */
  zone: string;
  /** The zone's name in Chinese */
  zone_zh: string;
  /** The zone's name in English */
  zone_en: string;
  /** The number of the incident that came first */
  first_no: number;
  /** When that one came, UTC */
  first_at: string;
  /** How many alarms it has */
  count: number;
}

/** Floods, newest first. */
export interface FloodList {
  /** Newest first */
  floods: Flood[];
}

/** A camera, and what is recorded of it. */
export interface FootageCamera {
  /** The camera, by its id */
  device: string;
  /** Its name in Chinese */
  name_zh: string;
  /** Its name in English */
  name_en: string;
  /** Where it is, by the place's id */
  place: string;
  /** Whether the estate says that it is recorded; null: it says nothing */
  recorded: boolean | null;
  /** Those that ever had footage; empty: none did */
  streams: FootageStreamView[];
}

/** The cameras of the estate. */
export interface FootageCameras {
  /** In the estate's order */
  cameras: FootageCamera[];
}

/** One stream of a camera that ever had footage. */
export interface FootageStreamView {
  /** main or sub */
  stream: string;
  /** The first footage ever: RFC 3339, UTC */
  since: string;
  /** Where the oldest footage begins that is still there; null: there is none */
  oldest: string | null;
  /** Where the newest ends: RFC 3339, UTC; null: there is none */
  newest: string | null;
  /** What its recorder said last: recording, or why it does not; empty: nothing */
  said: string;
}

/** A report on a duty: a box opened with its slips counted, letters delivered, cleaning done, equipment checked. */
export interface FormEntry {
  /** The phone's own name for it, the same each time it is sent */
  key: string;
  /** The phone's wall clock when it was made: RFC 3339 with an offset, as it was shown */
  made_at: string;
  /** The phone's monotonic clock then, in milliseconds since its boot */
  mono_ms?: number | null;
  /** What `mono_ms` counts from, where it is not the request's boot */
  boot?: string | null;
  /** Whose it is: an id of the estate's staff */
  person?: string;
  /** What the duty asks for as evidence */
  kind: "answer" | "report";
  /** A duty of the policy, see GET /duties */
  duty: string;
  /** A place of one of its routes */
  place: string;
  /** What the duty `requires` of a report, by name */
  fields?: Record<string, boolean | number | string>;
  /** Counted from 1 for each guard on the phone */
  seq: number;
  /** Its wall clock less the hub's, in ms, as the phone had measured it when it was made */
  skew_ms?: number | null;
}

/** A post answers, or a form is filled in, for a duty at a place. */
export interface FormItem {
  /** The phone's own name for it, the same each time it is sent */
  key: string;
  /** The phone's wall clock when it was made: RFC 3339 with an offset, as it was shown */
  made_at: string;
  /** The phone's monotonic clock then, in milliseconds since its boot */
  mono_ms?: number | null;
  /** What `mono_ms` counts from, where it is not the request's boot */
  boot?: string | null;
  /** Whose it is: an id of the estate's staff */
  person?: string;
  /** What the duty asks for as evidence */
  kind: "answer" | "report";
  /** A duty of the policy, see GET /duties */
  duty: string;
  /** A place of one of its routes */
  place: string;
  /** What the duty `requires` of a report, by name */
  fields?: Record<string, boolean | number | string>;
}

/** A gate's openings of the day. */
export interface GateDay {
  /** The door or barrier, by its id */
  gate: string;
  /** Its name in Chinese */
  name_zh: string;
  /** Its name in English */
  name_en: string;
  /** All of them */
  openings: number;
  /** Of those, what nothing explains */
  unexplained: number;
  /** By what explains them */
  by: OpeningCount[];
}

/** The gates of the estate. */
export interface GateList {
  /** In the estate's order */
  gates: GateState[];
}

/** How a gate stands, as it told last. */
export interface GateState {
  /** The door or barrier, by its id */
  gate: string;
  /** door or barrier */
  kind: string;
  /** Where it stands, by the place's id */
  place: string;
  /** Its name in Chinese */
  name_zh: string;
  /** Its name in English */
  name_en: string;
  /** Its position, or that nobody hears it */
  condition: Condition;
  /** Its loop, its beam, its arm */
  signals: Signal[];
  /** A fire input frees it now */
  fire: boolean;
  /** The cameras that read plates in its lane, by their ids */
  cameras: string[];
  /** The permits that its agent decides by; null: it has told of none */
  table: PermitTable | null;
  /** The last decision, its plate masked; null: none */
  last: PassageView | null;
  /** The numbers of its live incidents */
  live_incidents: number[];
}

/** Rights that many permits share. */
export interface GroupBody {
  /** The version that was seen; 0: it is new */
  version?: number;
  /** Why; it stands in the history and on the audit log */
  reason?: string;
  /** Its name in Chinese */
  name_zh: string;
  /** Its name in English */
  name_en?: string;
  /** Where and when */
  rights?: RightModel[];
}

/** A group. */
export interface GroupView {
  /** Counted from 1 */
  version: number;
  /** When this version came to be: RFC 3339, UTC */
  changed_at: string;
  /** Its id in the book of permits */
  id: string;
  /** Its name in Chinese */
  name_zh: string;
  /** Its name in English */
  name_en: string;
  /** Where and when */
  rights: RightModel[];
}

/** Who might be sent, the first one first. */
export interface GuardList {
  /** Who can be reached by the app, is free, on duty and near comes first */
  guards: GuardView[];
}

/** Somebody who might be sent. */
export interface GuardView {
  /** An id of the estate's staff */
  person: string;
  /** The name in Chinese */
  name_zh: string;
  /** The name in English */
  name_en: string;
  /** Carries a bound phone: can be sent by the app */
  phone: boolean;
  /** Is on the roster now, or there is none */
  on_duty: boolean;
  /** Incidents that they are sent to already */
  busy: number[];
  /** Where they scanned last, a place's id; empty: not known */
  place: string;
  /** Its name in Chinese */
  place_zh: string;
  /** Its name in English */
  place_en: string;
  /** When they were there, UTC */
  seen_at: string | null;
  /** It is known how far they are, and that within the hour */
  near: boolean;
}

/** A handover with its list. `open`: how many items nobody has accepted. */
export interface HandoverDetail {
  /** The handover */
  handover: HandoverView;
  /** The list, in the order in which items came */
  items: HandoverItemView[];
  /** How many items nobody has accepted; while there are any it cannot be completed */
  open: number;
}

/** One thing that is handed over. `decision`: empty, `accepted`, `rejected`, or `gone` (over before it was accepted). */
export interface HandoverItemView {
  /** Its name on the list */
  item: string;
  /** incident, device, key or maintenance */
  kind: "incident" | "device" | "key" | "maintenance";
  /** The incident's number, the device, the key or the maintenance window */
  about: string;
  /** What it is, in Chinese, as it was read */
  zh: string;
  /** What it is, in English, as it was read */
  en: string;
  /** When it came to the list or changed last: RFC 3339, UTC */
  added_at: string;
  /** accepted, rejected or gone; empty: nobody has decided yet */
  decision: "" | "accepted" | "rejected" | "gone";
  /** When it was decided: RFC 3339, UTC; null: not yet */
  decided_at: string | null;
  /** Who decided: whoever takes over, or the hub */
  decided_by: string;
  /** Why it was rejected, or what is to be known of it */
  reason: string;
}

/** Handovers, newest first. */
export interface HandoverList {
  /** Newest first */
  handovers: HandoverView[];
}

/** Who leaves begins. */
export interface HandoverRequest {
  /** The post, by the place's id */
  place: string;
  /** What there is to say beside the list */
  note?: string;
}

/** A handover without its items. */
export interface HandoverView {
  /** The handover's id */
  id: string;
  /** The post, by the place's id */
  place: string;
  /** The post in Chinese */
  place_zh: string;
  /** The post in English */
  place_en: string;
  /** draft, completed or cancelled */
  state: "draft" | "completed" | "cancelled";
  /** When it was begun: RFC 3339, UTC */
  begun_at: string;
  /** When it was completed or cancelled: RFC 3339, UTC; null: under way */
  ended_at: string | null;
  /** What whoever leaves has to say */
  note: string;
  /** Who hands over */
  leaving: Signer;
  /** Who takes over; its account is empty until somebody has joined */
  coming: Signer;
}

/** Whether the hub does its work. `checks`: database, broker, lease and duties. `state`: `degraded` when it does, but not all of it: `zh` and `en` say what. Duties that a bug keeps from being judged, and `channels` behind or failing, do not make it unready. Somebody who has not signed in is told whether it is ready. */
export interface Health {
  /** The hub does its work */
  ready: boolean;
  /** `degraded`: it does its work, but not all of it */
  state: "well" | "degraded" | "failed";
  /** What is wrong, in Chinese */
  zh: string;
  /** What is wrong, in English */
  en: string;
  /** The site's id */
  site: string;
  /** database, broker, lease and duties */
  checks: Record<string, Check>;
  /** Who is told of changes, and how far each is behind */
  channels: (Record<string, unknown>)[];
}

/** How duties were kept in one cell of a heat map. What had nothing due has no cell: no data, and not good. */
export interface HeatCell {
  /** The line's key: a weekday from 1 (Monday) to 7, or a place */
  line: string;
  /** The column's key: an hour, or a local day */
  column: string;
  /** How many windows have ended and are judged: the sum of the next four */
  due: number;
  /** How many were done in time */
  kept: number;
  /** How many were not done */
  missed: number;
  /** How many have no evidence yet, and a source that has not reported */
  unproven: number;
  /** How many were raised as a gap, and then found to be done in time */
  withdrawn: number;
  /** (kept + withdrawn) / due in percent, cut off after one digit */
  percent: string;
}

/** How duties were kept, as a heat map of windows that ended on the local days `first` to `last`, both included. By hour: the lines are the weekday and the columns the hour, by the estate's clocks, in which the window opened. By place: the columns are the days on which windows ended, and the lines come the worst first. */
export interface HeatReport {
  /** The first local day */
  first: string;
  /** The last local day, included */
  last: string;
  /** hour: weekday and hour; place: place and day */
  by: string;
  /** What is told is what was known then, UTC */
  as_of: string;
  /** What a cell shows, in Chinese */
  figure_zh: string;
  /** What a cell shows, in English */
  figure_en: string;
  /** The lines, with the sum of their cells */
  lines: FiguresRow[];
  /** The columns' keys, in order */
  columns: string[];
  /** The cells that had something due */
  cells: HeatCell[];
  /** How many lines beyond `limit` are not shown; they are better than those that are */
  left_out: number;
}

/** One change of a thing. */
export interface HistoryEntry {
  /** That it had after this */
  version: number;
  /** RFC 3339, UTC */
  at: string;
  /** added, changed, ended, removed, erased, issued, lost, revoked, replaced, suspended or resumed */
  act: string;
  /** Who did it: the account's name */
  actor: string;
  /** Why it was done, in the actor's words */
  reason: string;
  /** The thing as it was then, without what is personal */
  body: Record<string, unknown>;
}

/** What became of a thing, the newest first; 500 at most. */
export interface HistoryView {
  /** Of which kind it is */
  kind: "household" | "holder" | "permit" | "credential" | "group" | "zone" | "portal" | "schedule";
  /** Its id in the book of permits */
  id: string;
  /** The newest first */
  history: HistoryEntry[];
}

/** A new hold. */
export interface HoldAnswer {
  /** The hold */
  hold: HoldView;
  /** So many orders to delete some of it were out already and are being taken back */
  rescuing: number;
}

/** Holds, newest first. */
export interface HoldList {
  /** Newest first */
  holds: HoldView[];
}

/** Footage is to stay past its day, for a reason and until an end. */
export interface HoldRequest {
  /** Cameras, by their ids */
  cameras: string[];
  /** What shows something from then on: RFC 3339 with an offset */
  from: string;
  /** And before then: RFC 3339 with an offset */
  to: string;
  /** When the hold ends by itself: RFC 3339 with an offset */
  until: string;
  /** Why; it stands on the audit log */
  reason: string;
}

/** A hold. `waits_for_second`: somebody wants it lifted, and another person has to agree within a day. */
export interface HoldView {
  /** Its name */
  id: string;
  /** Whether the hub made it for an incident, or a person */
  sort: "incident" | "person";
  /** Why it is held */
  reason: string;
  /** Who made it; hub: the hub */
  actor: string;
  /** When it was made, UTC */
  made_at: string;
  /** What shows something from then on is held, UTC */
  from_at: string;
  /** And before then, UTC; null: it goes on with its incident */
  to_at: string | null;
  /** When it ends by itself, UTC; null: not before it is released */
  until: string | null;
  /** Cameras, by their ids */
  cameras: string[];
  /** The incident that it belongs to; null: none */
  incident: number | null;
  /** Since when that incident is closed, UTC; null: it is open */
  incident_closed_at: string | null;
  /** When it was released, UTC; null: it was not */
  released_at: string | null;
  /** By whom: one name, or two */
  released_by: string;
  /** Why it was released, or is to be */
  release_reason: string;
  /** Who wants it lifted and waits for a second person; empty: nobody */
  waits_for_second: string;
  /** Whether it keeps anything now */
  keeps: boolean;
}

/** Somebody, or a vehicle's keeper, who holds permits. */
export interface HolderBody {
  /** The version that was seen; 0: it is new */
  version?: number;
  /** Why; it stands in the history and on the audit log */
  reason?: string;
  /** resident, staff, contractor, visitor or vehicle */
  kind: "resident" | "staff" | "contractor" | "visitor" | "vehicle";
  /** The name */
  name?: string;
  /** The phone */
  phone?: string;
  /** The household's id, or empty */
  household?: string;
  /** What is to be known */
  note?: string;
}

/** Holders by id. */
export interface HolderPage {
  /** By their ids */
  holders: HolderView[];
  /** What to send as `after` for the next page; null: this was the last */
  next: string | null;
}

/** A holder. Name, phone and note are empty once they are erased. */
export interface HolderView {
  /** Counted from 1 */
  version: number;
  /** When this version came to be: RFC 3339, UTC */
  changed_at: string;
  /** The id, which says nothing about the person */
  id: string;
  /** resident, staff, contractor, visitor or vehicle */
  kind: "resident" | "staff" | "contractor" | "visitor" | "vehicle";
  /** The name */
  name: string;
  /** The phone */
  phone: string;
  /** The household's id, or empty */
  household: string;
  /** What is to be known */
  note: string;
  /** Since when no permit of theirs holds: RFC 3339, UTC; null: they do */
  ended_at: string | null;
}

/** A time that no footage shows. */
export interface HoleView {
  /** Since when: RFC 3339, UTC */
  from: string;
  /** Until when: RFC 3339, UTC */
  to: string;
  /** How long it is */
  seconds: number;
  /** camera_lost, disk_full, disk_failed, stopped, unplayable, planned, agent_down, agent_silent, missing, drop_oldest, or unknown */
  cause: string;
  /** The cause in Chinese */
  cause_zh: string;
  /** The cause in English */
  cause_en: string;
}

/** Who is behind one door. */
export interface HouseholdBody {
  /** The version that was seen; 0: it is new */
  version?: number;
  /** Why; it stands in the history and on the audit log */
  reason?: string;
  /** The building */
  building?: string;
  /** The unit of the building */
  unit?: string;
  /** The room's number */
  room?: string;
  /** The estate's place it lies in, or empty */
  place?: string;
  /** What is to be known */
  note?: string;
}

/** Households by id. */
export interface HouseholdPage {
  /** By their ids */
  households: HouseholdView[];
  /** What to send as `after` for the next page; null: this was the last */
  next: string | null;
}

/** A household. */
export interface HouseholdView {
  /** Counted from 1 */
  version: number;
  /** When this version came to be: RFC 3339, UTC */
  changed_at: string;
  /** Its id in the book of permits */
  id: string;
  /** The building */
  building: string;
  /** The unit of the building */
  unit: string;
  /** The room's number */
  room: string;
  /** The estate's place, or empty */
  place: string;
  /** What is to be known */
  note: string;
  /** Since when nobody lives there: RFC 3339, UTC; null: somebody does */
  ended_at: string | null;
  /** Who lives there, masked: for a guard alone, who has no other way to say whom a call was with */
  residents: RoomPerson[];
}

/** What became of a file: each of its rows is either done or among the wrong ones. */
export interface ImportView {
  /** Rows that hold something */
  rows: number;
  /** Rows that were taken in, or with dry_run would be */
  done: number;
  /** Rows that were not */
  failed: number;
  /** Nothing was written */
  dry_run: boolean;
  /** With one wrong row nothing was written */
  all_or_nothing: boolean;
  /** What is wrong, by row; every row that failed is here */
  wrong: CellWrongModel[];
}

/** A case. `alarm`: its state as an alarm, `unacknowledged` or `acknowledged`, each also with `_returned`, `shelved`, `held`, `ended`. `sounding`: somebody is still to be called; `sound`: with which tone, `fire`, `p1`, `p2`, `p3` or `none`. `active`: the condition lasts. `late`: it came with a backlog. `held_by`: the maintenance window that held it back. `dispatch`: how far a guard who was sent has got: `sent`, `answered`, `on_spot`, `found`. `escalation`: the level of the latest one. `comebacks` over 0: it stands for a source that chatters. `flood`: it began to call in one. `merged`: how often the same cause was raised again. `version` grows with each change. */
export interface Incident {
  /** Its number */
  no: number;
  /** The kind of case */
  kind: string;
  /** The rule that found it */
  detector: string;
  /** The clause of the policy that it comes under */
  clause: string;
  /** 1 is the most urgent, 4 the least */
  priority: number;
  /** open, acknowledged, shelved, held, closed or withdrawn */
  state: string;
  /** It is neither closed nor withdrawn */
  live: boolean;
  /** Somebody is still to be called */
  sounding: boolean;
  /** Its state as an alarm: unacknowledged or acknowledged, each also with _returned; shelved, held, ended */
  alarm: string;
  /** With which tone it calls: fire, p1, p2, p3 or none */
  sound: string;
  /** The condition lasts */
  active: boolean;
  /** False: the device fell silent before it could confirm */
  proven: boolean;
  /** It came with a backlog, so nobody is called */
  late: boolean;
  /** What it is called, in Chinese */
  title_zh: string;
  /** What it is called, in English */
  title_en: string;
  /** What it is about: a device, or what the rule tells apart */
  subject: string;
  /** The device, by its id */
  device: string;
  /** Where, by the place's id */
  place: string;
  /** When the condition began, UTC */
  opened_at: string;
  /** When it was raised, UTC */
  raised_at: string;
  /** When the condition ended, UTC; null while it lasts */
  returned_at: string | null;
  /** When it was closed, UTC */
  closed_at: string | null;
  /** When a person first took it up, UTC; null until then */
  acknowledged_at: string | null;
  /** Why and until when it is shelved; null when it is not */
  shelf: Shelf | null;
  /** The maintenance window that held it back; empty: none did */
  held_by: string;
  /** How far a guard who was sent has got: sent, answered, on_spot, found; empty: none was */
  dispatch: string;
  /** The level of its latest escalation; 0: there was none */
  escalation: number;
  /** How often its source came back; over 0 it stands for a source that chatters */
  comebacks: number;
  /** It began to call in a flood */
  flood: boolean;
  /** How often the same cause was raised again */
  merged: number;
  /** What is known of it, by name; a unit is part of the name */
  facts: Record<string, unknown>;
  /** Grows by one with each change */
  version: number;
}

/** An incident with everything that belongs to it. */
export interface IncidentDetail {
  /** The incident itself */
  incident: Incident;
  /** The place's name in Chinese */
  place_zh: string;
  /** The place's name in English */
  place_en: string;
  /** The device's name in Chinese */
  device_zh: string;
  /** The device's name in English */
  device_en: string;
  /** The incident's facts as people read them */
  told: Told[];
  /** Everything that was done, oldest first */
  timeline: TimelineEntry[];
  /** How long it may take, and has taken */
  clocks: CaseClockState[];
  /** Pictures of it */
  pictures: Picture[];
  /** What may be done now */
  acts: Possible[];
}

/** Incidents, newest first. `next`: the cursor of the next page, null at the end. */
export interface IncidentPage {
  /** Newest first */
  incidents: Incident[];
  /** The cursor of the next page; null at the end */
  next: number | null;
}

/** A visitor whom a resident registers. Nobody confirms it any more. */
export interface InviteRequest {
  /** What stands behind the link's #: 22 characters */
  token: string;
  /** Who comes; sealed, and masked on screens */
  name: string;
  /** Their phone, where `phone_needed` says so; sealed, and masked on screens */
  phone?: string;
  /** Their vehicle's plate; empty: on foot */
  plate?: string;
  /** Why they come, for the guard */
  reason?: string;
  /** From when they may come in: RFC 3339 with an offset; null, or past already: from now */
  begins_at?: string | null;
  /** For so long, no longer than `hours_max` */
  hours: number;
  /** How many come together */
  people?: number;
  /** One of `routes`; empty: the only one */
  route?: string;
}

/** A credential to give. `number`: see docs/design/permits.md. */
export interface IssueBody {
  /** card, plate, qr, pin or face */
  medium: "card" | "plate" | "qr" | "pin" | "face";
  /** FACILITY,NUMBER[/BITS] of a card, a plate, a code; or its keyed hash */
  number: string;
  /** RFC 3339 with an offset; null: as the permit */
  valid_from?: string | null;
  /** RFC 3339 with an offset; null: as the permit */
  valid_until?: string | null;
  /** The PIN that is to follow it, or empty */
  pin?: string;
  /** Why it is done; it stands in the history and on the audit log */
  reason?: string;
}

/** Who takes it, what for, and until when. */
export interface IssueRequest {
  /** Who takes it, an id of the staff */
  person: string;
  /** What it is for */
  purpose: string;
  /** By when it is to be back: RFC 3339 with an offset; null: as long as the policy lets it be out */
  due_at?: string | null;
}

/** What became of an item. `refused`: it is not kept; sent again as it is, it will be refused again. Anything else is committed. */
export interface ItemOutcome {
  /** The item's own */
  key: string;
  /** `altered`: the key was known with another content, and both are kept */
  outcome: "new" | "duplicate" | "altered" | "refused";
  /** What is odd about it; it is kept all the same */
  flags: string[];
  /** The window that a scan, an answer or a report keeps; of several the one that ends first */
  window: string | null;
  /** Why it keeps none; null for what is no evidence */
  why: string | null;
  /** The same in Chinese */
  why_zh: string | null;
  /** The same in English */
  why_en: string | null;
  /** Why it was refused, a name that stays the same */
  code: string | null;
  /** Why it was refused and what to do, in Chinese */
  message_zh: string | null;
  /** The same in English */
  message_en: string | null;
}

/** An item with its history, the newest first. */
export interface KeyDetail {
  /** The item as it is now */
  key: KeyView;
  /** What was done with it, the newest first */
  history: KeyMoveView[];
}

/** Items of the register, by id. */
export interface KeyList {
  /** By their ids */
  keys: KeyView[];
}

/** One act on an item; rows are added and never changed. */
export interface KeyMoveView {
  /** Its number in the item's history */
  no: number;
  /** When it was entered: RFC 3339, UTC */
  at: string;
  /** added, issued, returned or marked */
  act: string;
  /** Who entered it: the account's name */
  actor: string;
  /** Who took it or brought it back, an id of the staff; empty: nobody */
  person: string;
  /** The item's state after it */
  state: string;
  /** By when it was to be back: RFC 3339, UTC; null: it was not out */
  due_at: string | null;
  /** What it was for, or how it came back */
  note: string;
}

/** An item of the register. */
export interface KeyView {
  /** The number that stands on it */
  id: string;
  /** key, radio, torch, baton, recorder or other */
  kind: "key" | "radio" | "torch" | "baton" | "recorder" | "other";
  /** The kind in Chinese */
  kind_zh: string;
  /** The kind in English */
  kind_en: string;
  /** Its name in Chinese */
  name_zh: string;
  /** Its name in English */
  name_en: string;
  /** Where it belongs, by the place's id */
  place: string;
  /** Where it belongs, in Chinese */
  place_zh: string;
  /** Where it belongs, in English */
  place_en: string;
  /** in, out, broken or lost */
  state: "in" | "out" | "broken" | "lost";
  /** The state in Chinese */
  state_zh: string;
  /** The state in English */
  state_en: string;
  /** Who has it, an id of the staff; empty: nobody */
  holder: string;
  /** Their name in Chinese */
  holder_zh: string;
  /** Their name in English */
  holder_en: string;
  /** What it is out for */
  purpose: string;
  /** Since when it is out: RFC 3339, UTC; null: it is not */
  out_at: string | null;
  /** By when it is to be back: RFC 3339, UTC; null: it is not out */
  due_at: string | null;
  /** It should be back by now */
  overdue: boolean;
}

/** Figures of alarms on the local days `first` to `last`, both included, up to now. `known_from`: the first incident on record, where that lies within: what was before counts for nothing. Null: nothing is known. */
export interface KpiReport {
  /** The first local day */
  first: string;
  /** The last local day, included */
  last: string;
  /** The moment up to which it counts, UTC */
  as_of: string;
  /** The estate's time zone, in which days are meant */
  timezone: string;
  /** The first incident on record, UTC; null: nothing is known */
  known_from: string | null;
  /** How many operators the rates are shared by, from the policy */
  operator_posts: number;
  /** Each with what it counts */
  figures: Figure[];
  /** The ten sources with most alarms */
  top: TopSource[];
  /** Incidents of sources that came back again and again */
  chattering: ListedAlarm[];
  /** Incidents that have lasted for too long */
  stale: ListedAlarm[];
}

/** The resident's answer. */
export interface LinkAnswerRequest {
  /** What stands behind the link's #: 22 characters */
  token: string;
  /** yes or no */
  answer: "yes" | "no";
}

/** Whoever has the link. */
export interface LinkRequest {
  /** What stands behind the link's #: 22 characters */
  token: string;
}

/** What a link shows. Once it is answered, however often it is asked, the same. */
export interface LinkView {
  /** Whether a visitor may come, or goods may be brought to the door */
  question: "visit" | "delivery";
  /** It can be answered now */
  open: boolean;
  /** The estate's name in Chinese */
  site_zh: string;
  /** The estate's name in English */
  site_en: string;
  /** The estate's time zone, in which times are shown */
  timezone: string;
  /** When it was asked: RFC 3339, UTC */
  asked_at: string;
  /** For how many seconds it can still be answered, by the hub's clock; 0: not any more */
  left_s: number;
  /** Until when it can be answered: RFC 3339, UTC */
  expires_at: string;
  /** What was answered, by this link or otherwise; empty: nothing */
  answer: "" | "yes" | "no";
  /** When that was: RFC 3339, UTC; null: nothing was answered */
  answered_at: string | null;
  /** How far the visit or delivery is */
  state: string;
  /** The state in Chinese */
  state_zh: string;
  /** The state in English */
  state_en: string;
  /** The household, by its id */
  room: string;
  /** What kind of visit, in Chinese; empty of a delivery */
  kind_zh: string;
  /** What kind of visit, in English; empty of a delivery */
  kind_en: string;
  /** Who comes, while it is asked; then masked */
  name: string;
  /** Their plate, while it is asked; then masked */
  plate: string;
  /** Why they come, or whose courier it is */
  reason: string;
  /** How many pieces; 0 of a visit */
  parcels: number;
  /** Until when the pass is valid: RFC 3339, UTC; null: there is none */
  until_at: string | null;
  /** There is a code to show: POST /visit-links/pass */
  has_pass: boolean;
  /** The resident can go on to register visitors: POST /visit-links/own */
  can_register: boolean;
}

/** An incident that the figures name. `comebacks`: how often its source came back. */
export interface ListedAlarm {
  /** The rule that found it */
  detector: string;
  /** What the rule is called, in Chinese */
  detector_zh: string;
  /** What the rule is called, in English */
  detector_en: string;
  /** The device, by its id */
  device: string;
  /** The device's name in Chinese */
  device_zh: string;
  /** The device's name in English */
  device_en: string;
  /** The incident's number */
  no: number;
  /** Since when it lasts, UTC */
  since: string;
  /** How often its source came back */
  comebacks: number;
}

/** Somebody begins to work alone, or no longer does. */
export interface LoneWatchEntry {
  /** The phone's own name for it, the same each time it is sent */
  key: string;
  /** The phone's wall clock when it was made: RFC 3339 with an offset, as it was shown */
  made_at: string;
  /** The phone's monotonic clock then, in milliseconds since its boot */
  mono_ms?: number | null;
  /** What `mono_ms` counts from, where it is not the request's boot */
  boot?: string | null;
  /** Whose it is: an id of the estate's staff */
  person?: string;
  /** Work alone begins or ends */
  kind: "lone_watch";
  /** true: it begins */
  on: boolean;
  /** After how many seconds without a sign it is an alarm; null: as the policy says */
  silent_s?: number | null;
  /** Counted from 1 for each guard on the phone */
  seq: number;
  /** Its wall clock less the hub's, in ms, as the phone had measured it when it was made */
  skew_ms?: number | null;
}

/** Somebody begins to work alone, or no longer does. */
export interface LoneWatchItem {
  /** The phone's own name for it, the same each time it is sent */
  key: string;
  /** The phone's wall clock when it was made: RFC 3339 with an offset, as it was shown */
  made_at: string;
  /** The phone's monotonic clock then, in milliseconds since its boot */
  mono_ms?: number | null;
  /** What `mono_ms` counts from, where it is not the request's boot */
  boot?: string | null;
  /** Whose it is: an id of the estate's staff */
  person?: string;
  /** Work alone begins or ends */
  kind: "lone_watch";
  /** true: it begins */
  on: boolean;
  /** After how many seconds without a sign it is an alarm; null: as the policy says */
  silent_s?: number | null;
}

/** Maintenance windows, the newest beginning first. */
export interface MaintenanceList {
  /** The newest beginning first */
  windows: MaintenanceView[];
}

/** What is found at a place and all that lies in it, at a device, or by a detector, is held back meanwhile; those that are given must all fit. Fire, calls for help and silent guards are never held back. Without `from`: from now on. */
export interface MaintenanceRequest {
  /** A place, with all that lies in it; empty: any */
  place?: string;
  /** A device, by its id; empty: any */
  device?: string;
  /** A rule, by its name; empty: any */
  detector?: string;
  /** Since when, RFC 3339; null: from now on */
  from?: string | null;
  /** Until when, RFC 3339: 12 hours later at most, or as the policy says */
  until: string;
  /** What is done there, for who looks at the list */
  reason: string;
}

/** A maintenance window. `held`: how many incidents it held back; `released`: how many of them still held when it was over. */
export interface MaintenanceView {
  /** Its name */
  id: string;
  /** The place, with all that lies in it; empty: any */
  place: string;
  /** The device, by its id; empty: any */
  device: string;
  /** The rule, by its name; empty: any */
  detector: string;
  /** Since when, UTC */
  from: string;
  /** Until when it was to last, UTC */
  until: string;
  /** What is done there */
  reason: string;
  /** Who made it */
  actor: string;
  /** When it was made, UTC */
  made_at: string;
  /** When it was over, UTC; null: it is not */
  ended_at: string | null;
  /** How many incidents it held back */
  held: number;
  /** How many of these still held when it was over */
  released: number;
}

/** Who one is signed in as. `may`: each route that the role may use, as METHOD and template; `LIVE` is the live channel. */
export interface Me {
  /** The account's key: its name without case and width */
  account: string;
  /** The name as it is written, which stands in records */
  name: string;
  /** What the account may do */
  role: "operator" | "shift_leader" | "guard" | "desk" | "manager" | "administrator" | "auditor";
  /** The role in Chinese */
  role_zh: string;
  /** The role in English */
  role_en: string;
  /** Whom of the estate's staff the account stands for, by id; empty: nobody */
  person: string;
  /** The id of the sign-in or token that asks */
  session: string;
  /** A person's sign-in, or a program's token */
  kind: "cookie" | "token" | "phone";
  /** When it ends in any case: RFC 3339, UTC */
  expires_at: string;
  /** The estate's id */
  site: string;
  /** The estate's name in Chinese */
  estate_zh: string;
  /** The estate's name in English */
  estate_en: string;
  /** The estate's time zone, in which its days and hours are meant */
  timezone: string;
  /** The routes that the role may use, as METHOD and template */
  may: string[];
}

/** A photo or a voice note that is to be uploaded. */
export interface MediaRequest {
  /** The key of the entry that it belongs to, which has come */
  entry: string;
  /** photo: JPEG or WebP, 5 MiB at most; voice: WebM, MP4 or Ogg, 2 MiB at most */
  kind: "photo" | "voice";
  /** Its length in bytes */
  size_bytes: number;
  /** SHA-256 of all of it, in hex */
  sha256: string;
  /** How long a voice note is, in seconds: 60 at most */
  seconds?: number;
}

/** How much has come. */
export interface MediaState {
  /** Its name */
  media: string;
  /** Where the next piece begins, in bytes */
  offset: number;
  /** Its length in bytes */
  size_bytes: number;
  /** It is whole, checked, and shown on its incident */
  done: boolean;
}

/** Somebody who must be told within the time of EMG-3. */
export interface MustTell {
  /** Which authority or superior */
  whom: "superior" | "police" | "fire" | "medical" | "utilities" | "property_office" | "residents_committee" | "lift_company" | "other";
  /** What they are called, in Chinese */
  zh: string;
  /** What they are called, in English */
  en: string;
  /** It is on record that they were told */
  told: boolean;
  /** By when, UTC; null: no clock */
  due_at: string | null;
  /** The time passed before it was on record */
  overdue: boolean;
}

/** An account for a person, or without a password for a program, which gets a token. */
export interface NewAccount {
  /** The name as it is to stand in records */
  name: string;
  /** What the account may do */
  role: "operator" | "shift_leader" | "guard" | "desk" | "manager" | "administrator" | "auditor";
  /** 10 characters or more; null: only tokens can be used */
  password?: string | null;
}

/** A new item of the register. */
export interface NewKey {
  /** The number that stands on it: letters, digits, and . _ - */
  id: string;
  /** key, radio, torch, baton, recorder or other */
  kind: "key" | "radio" | "torch" | "baton" | "recorder" | "other";
  /** Its name in Chinese */
  name_zh: string;
  /** Its name in English */
  name_en: string;
  /** Where it belongs, by the place's id */
  place: string;
}

/** A token for `Authorization: Bearer`. It is told this once: the hub keeps its hash alone. */
export interface NewToken {
  /** The secret; it is told this once */
  token: string;
  /** The token as the list of sessions shows it */
  session: SessionView;
}

/** What residents are to be told. */
export interface NoticeRequest {
  /** The whole notice; name nobody in it */
  text: string;
  /** The run's version that the person saw; null: whichever it has */
  version?: number | null;
}

/** The notice to residents, and its clock. */
export interface NoticeView {
  /** The whole notice */
  text: string;
  /** Who wrote it last; empty: nobody */
  author: string;
  /** When it was written last, UTC; null: not yet */
  at: string | null;
  /** Who published it; empty: nobody yet */
  published_by: string;
  /** When it was published, UTC; null: not yet */
  published_at: string | null;
  /** By when it is to be published, UTC; null: no clock runs */
  due_at: string | null;
  /** Its time passed before it was published */
  overdue: boolean;
}

/** Somebody saw something on a round. */
export interface ObservationEntry {
  /** The phone's own name for it, the same each time it is sent */
  key: string;
  /** The phone's wall clock when it was made: RFC 3339 with an offset, as it was shown */
  made_at: string;
  /** The phone's monotonic clock then, in milliseconds since its boot */
  mono_ms?: number | null;
  /** What `mono_ms` counts from, where it is not the request's boot */
  boot?: string | null;
  /** Whose it is: an id of the estate's staff */
  person?: string;
  /** Something was seen */
  kind: "observation";
  /** What kind of thing, in a word */
  category: string;
  /** What was seen */
  note?: string;
  /** Rises from 1 to 4 */
  severity?: number;
  /** Where, if that is known */
  place?: string;
  /** The name of a picture, where there is one */
  picture?: string;
  /** Counted from 1 for each guard on the phone */
  seq: number;
  /** Its wall clock less the hub's, in ms, as the phone had measured it when it was made */
  skew_ms?: number | null;
}

/** Somebody saw something on a round. */
export interface ObservationItem {
  /** The phone's own name for it, the same each time it is sent */
  key: string;
  /** The phone's wall clock when it was made: RFC 3339 with an offset, as it was shown */
  made_at: string;
  /** The phone's monotonic clock then, in milliseconds since its boot */
  mono_ms?: number | null;
  /** What `mono_ms` counts from, where it is not the request's boot */
  boot?: string | null;
  /** Whose it is: an id of the estate's staff */
  person?: string;
  /** Something was seen */
  kind: "observation";
  /** What kind of thing, in a word */
  category: string;
  /** What was seen */
  note?: string;
  /** Rises from 1 to 4 */
  severity?: number;
  /** Where, if that is known */
  place?: string;
  /** The name of a picture, where there is one */
  picture?: string;
}

/** An occasion that was announced or called off, and how many windows were made or taken back for it. */
export interface OccasionDone {
  /** As it is now, or was */
  occasion: OccasionView;
  /** How many windows were made or taken back for it */
  windows: number;
}

/** Occasions, the one that begins last first. */
export interface OccasionList {
  /** The one that begins last first */
  occasions: OccasionView[];
}

/** An occasion that is announced. `id`: a name of one's own, which makes it harmless to send it again, and by which it is changed: to end it, send it with `until`. Without one it gets one. */
export interface OccasionRequest {
  /** A name of one's own, by which it is changed or ended; without one it gets one */
  id?: string | null;
  /** What it is: schedules name the kinds that they go by */
  kind: "bad_weather" | "event";
  /** When it begins: RFC 3339 with any offset */
  from: string;
  /** When it ends, 366 days later at most: RFC 3339 with any offset */
  until?: string | null;
  /** What is to be known about it */
  note?: string;
}

/** Something that schedules go by, such as a warning of bad weather. `until` null: it goes on, or nobody has said. */
export interface OccasionView {
  /** Its name */
  id: string;
  /** bad_weather or event */
  kind: string;
  /** When it begins, UTC */
  from: string;
  /** When it ended or will end, UTC; null: it goes on, or nobody has said */
  until: string | null;
  /** What is to be known about it */
  note: string;
}

/** How often a gate opened by one kind of explanation. */
export interface OpeningCount {
  /** card, plate, qr, pin, face, command, button, loop, fire; empty: nothing explains it */
  explained: string;
  /** How often */
  count: number;
}

/** Other hours on one date; none: closed. */
export interface OtherDayModel {
  /** The local date */
  date: string;
  /** Minutes of the day */
  hours?: ([number, number])[];
}

/** A batch of a guard's outbox, oldest first but for what cannot wait, and the phone's clocks now. */
export interface OutboxRequest {
  /** What the monotonic clock counts from: drawn anew with each load of the page */
  boot?: string;
  /** The phone's wall clock now, right or wrong */
  sent_at: string;
  /** The phone's monotonic clock now, in milliseconds */
  sent_mono_ms?: number;
  /** By the phone's clock: with this batch everything has come that this guard made on this phone up to then */
  up_to?: string | null;
  /** The same by the monotonic clock, in milliseconds */
  up_to_mono_ms?: number | null;
  /** false, with `up_to`: the guard goes off duty and nothing more comes from this outbox */
  on_duty?: boolean;
  /** Each is judged by itself; `person` is left out */
  entries?: (ScanEntry | FormEntry | SignEntry | PanicEntry | LoneWatchEntry | ObservationEntry | TaskEntry)[];
}

/** What became of each entry, in their order. It is all committed. */
export interface OutboxTakenView {
  /** The hub's clock, UTC: the phone measures its skew by it */
  server_time: string;
  /** The highest number of this outbox that ever came; 0: none */
  seq: number;
  /** One for each entry of the request */
  entries: EntryOutcome[];
}

/** Whoever has the resident's own link. */
export interface OwnLinkRequest {
  /** What stands behind the link's #: 22 characters */
  token: string;
}

/** What a resident's own link shows. */
export interface OwnPage {
  /** The estate's name in Chinese */
  site_zh: string;
  /** The estate's name in English */
  site_en: string;
  /** The estate's time zone, in which times are shown */
  timezone: string;
  /** The hub's time: RFC 3339, UTC; the phone's may be wrong */
  now: string;
  /** The household, by its id */
  room: string;
  /** Until when the link registers: RFC 3339, UTC */
  expires_at: string;
  /** How many more visitors may be registered today */
  left_today: number;
  /** Of how many */
  per_day: number;
  /** The visitor's phone must be given */
  phone_needed: boolean;
  /** The longest stay, in hours */
  hours_max: number;
  /** For so many days ahead visitors can be registered */
  days_max: number;
  /** So many together at most */
  people_max: number;
  /** The visitors' routes; with several, one is chosen */
  routes: OwnRoute[];
  /** Those that are not over, newest first */
  visits: OwnVisit[];
  /** The visit that was registered just now; empty: none */
  made: string;
}

/** A visitors' route. */
export interface OwnRoute {
  /** The route's id */
  id: string;
  /** Its name in Chinese */
  name_zh: string;
  /** Its name in English */
  name_en: string;
  /** How one gets there */
  words: string;
}

/** The resident's own link, as a token. */
export interface OwnToken {
  /** What stands behind the page's # */
  token: string;
}

/** A visit that the resident registered. Name and plate are masked: whoever finds the phone learns of nobody. */
export interface OwnVisit {
  /** Its random name */
  id: string;
  /** How far it is */
  state: string;
  /** The state in Chinese */
  state_zh: string;
  /** The state in English */
  state_en: string;
  /** Who comes, masked */
  name: string;
  /** Their plate, masked */
  plate: string;
  /** How many come */
  people: number;
  /** Their route, by its id */
  route: string;
  /** The parking space they get; empty: none */
  space: string;
  /** From when the pass is valid: RFC 3339, UTC */
  from_at: string | null;
  /** Until when: RFC 3339, UTC */
  until_at: string | null;
  /** There is a code to show: POST /resident-links/pass */
  has_pass: boolean;
  /** It can be taken back */
  can_cancel: boolean;
}

/** One of the resident's own visits. */
export interface OwnVisitRequest {
  /** What stands behind the link's #: 22 characters */
  token: string;
  /** The visit's name */
  visit: string;
}

/** A call for help. */
export interface PanicEntry {
  /** The phone's own name for it, the same each time it is sent */
  key: string;
  /** The phone's wall clock when it was made: RFC 3339 with an offset, as it was shown */
  made_at: string;
  /** The phone's monotonic clock then, in milliseconds since its boot */
  mono_ms?: number | null;
  /** What `mono_ms` counts from, where it is not the request's boot */
  boot?: string | null;
  /** Whose it is: an id of the estate's staff */
  person?: string;
  /** A call for help */
  kind: "panic";
  /** false takes it back */
  active?: boolean;
  /** What the person said */
  note?: string;
  /** Where; without it the call comes from where the phone was last */
  place?: string;
  /** Counted from 1 for each guard on the phone */
  seq: number;
  /** Its wall clock less the hub's, in ms, as the phone had measured it when it was made */
  skew_ms?: number | null;
}

/** A call for help. */
export interface PanicItem {
  /** The phone's own name for it, the same each time it is sent */
  key: string;
  /** The phone's wall clock when it was made: RFC 3339 with an offset, as it was shown */
  made_at: string;
  /** The phone's monotonic clock then, in milliseconds since its boot */
  mono_ms?: number | null;
  /** What `mono_ms` counts from, where it is not the request's boot */
  boot?: string | null;
  /** Whose it is: an id of the estate's staff */
  person?: string;
  /** A call for help */
  kind: "panic";
  /** false takes it back */
  active?: boolean;
  /** What the person said */
  note?: string;
  /** Where; without it the call comes from where the phone was last */
  place?: string;
}

/** Decisions, newest first. */
export interface PassageList {
  /** Newest first */
  passages: PassageView[];
  /** For the next page; null: there is none */
  cursor: string | null;
}

/** A search for a plate, a right or a person. It is counted, and stands on the audit log with its reason. */
export interface PassageSearch {
  /** Why somebody wants to know; it stands on the audit log */
  reason: string;
  /** At one gate */
  gate?: string;
  /** A plate, however it is written */
  plate?: string;
  /** A right, by its id */
  permit?: string;
  /** A person's or a vehicle's number */
  holder?: string;
  /** Only in, or out */
  direction?: "in" | "out" | null;
  /** Only who was let through, or only who was refused */
  granted?: boolean | null;
  /** From then on: RFC 3339 with an offset */
  from?: string | null;
  /** Before then: RFC 3339 with an offset */
  to?: string | null;
  /** Of the page before */
  cursor?: string | null;
  /** How many at most */
  limit?: number;
}

/** A decision at a gate: somebody was let through, or refused. */
export interface PassageView {
  /** Its name */
  id: string;
  /** When: RFC 3339, UTC */
  at: string;
  /** The door or barrier, by its id */
  gate: string;
  /** The reader or camera that was asked, by its id */
  device: string;
  /** in, out, or empty: not known */
  direction: string;
  /** card, plate, qr, pin or face */
  medium: string;
  /** The plate; masked where nobody said why they want to know */
  plate: string;
  /** The right that was found, or did not suffice; empty: none */
  permit: string;
  /** Whose it is; empty: not known */
  holder: string;
  /** Their name, whole for whoever may look holders up, else masked; empty: not known, or erased */
  holder_name: string;
  /** Whether it was let through */
  granted: boolean;
  /** Why, a name such as permit, expired, passback, doubtful_plate */
  reason: string;
  /** Its picture: GET /pictures/{picture}; empty: none */
  picture: string;
  /** It came in long after it happened */
  late: boolean;
}

/** One's present password, and the new one: 10 characters or more, and none of the first that are guessed. */
export interface PasswordRequest {
  /** The present password */
  old: string;
  /** The new one: 10 characters or more */
  new: string;
}

/** A right to go through. */
export interface PermitBody {
  /** The version that was seen; 0: it is new */
  version?: number;
  /** Why; it stands in the history and on the audit log */
  reason?: string;
  /** Whose it is */
  holder: string;
  /** Groups of rights */
  groups?: string[];
  /** RFC 3339 with an offset; null: at once */
  valid_from?: string | null;
  /** RFC 3339 with an offset; null: without end */
  valid_until?: string | null;
  /** So many of its vehicles may be inside at once; 0: no limit */
  spaces?: number;
  /** How often each credential may go in; 0: no limit */
  uses?: number;
  /** Anti-passback does not hold it up */
  exempt?: boolean;
  /** What is to be known */
  note?: string;
}

/** Permits by id. */
export interface PermitPage {
  /** By their ids */
  permits: PermitView[];
  /** What to send as `after` for the next page; null: this was the last */
  next: string | null;
}

/** The table of permits that a gate decides by. */
export interface PermitTable {
  /** Its number */
  no: number;
  /** When the hub changed it last, by the hub's clock */
  changed_at: string;
  /** When the agent last heard of it, by the agent's clock */
  heard_at: string;
}

/** A permit. */
export interface PermitView {
  /** Counted from 1 */
  version: number;
  /** When this version came to be: RFC 3339, UTC */
  changed_at: string;
  /** Its id in the book of permits */
  id: string;
  /** Whose it is */
  holder: string;
  /** Groups of rights */
  groups: string[];
  /** From when on; null: at once */
  valid_from: string | null;
  /** Until when; null: without end */
  valid_until: string | null;
  /** So many of its vehicles may be inside at once; 0: no limit */
  spaces: number;
  /** How often each credential may go in; 0: no limit */
  uses: number;
  /** Anti-passback does not hold it up */
  exempt: boolean;
  /** What issued it, such as visit:ID; empty: an editor */
  origin: string;
  /** What is to be known */
  note: string;
  /** Since when it is over: RFC 3339, UTC; null: it is not */
  ended_at: string | null;
}

/** End one guard's token on the phone, or with none named all of them: the phone is lost. */
export interface PhoneRevokeRequest {
  /** One of GET /phones; empty: all */
  binding?: string;
  /** Why, in words for the audit log */
  reason: string;
}

/** The shift of one guard on one phone. */
export interface PhoneShift {
  /** The hub's clock, UTC; it is no part of the ETag */
  server_time: string;
  /** The estate's name in Chinese */
  site_zh: string;
  /** The estate's name in English */
  site_en: string;
  /** In which times are shown */
  timezone: string;
  /** Whom to call when a call for help cannot be sent; empty: 110 alone */
  leader_phone: string;
  /** Who carries the phone */
  me: ShiftPerson;
  /** What tags' hashes are salted with */
  salt: string;
  /** From an hour ago until 12 hours from now, soonest due first */
  windows: ShiftWindow[];
  /** There are more windows than are told */
  more: boolean;
  /** What the windows ask for */
  duties: ShiftDuty[];
  /** The walks of the windows */
  routes: ShiftRoute[];
  /** The places of windows and tasks */
  points: ShiftPoint[];
  /** The floors that the points are on */
  floors: ShiftFloor[];
  /** Where this guard was sent and is still awaited, newest first */
  tasks: ShiftTask[];
  /** Limits and times that the app goes by */
  numbers: ShiftNumbers;
}

/** A picture. `ready`: it can be had at `/pictures/{id}`. */
export interface Picture {
  /** Its name */
  id: string;
  /** The device, by its id */
  device: string;
  /** When it was taken, UTC */
  at: string;
  /** The file's SHA-256, 64 hex digits */
  sha256: string;
  /** The file's size in bytes */
  size_bytes: number;
  /** It can be had at `/pictures/{id}` */
  ready: boolean;
  /** voice: a guard's voice note, to be heard */
  kind: "photo" | "voice";
}

/** A picture that was stored. */
export interface PictureTaken {
  /** Its name */
  id: string;
  /** The file's size in bytes */
  size_bytes: number;
}

/** A place of the estate. */
export interface PlaceName {
  /** The place's id */
  id: string;
  /** Its name in Chinese */
  name_zh: string;
  /** Its name in English */
  name_en: string;
  /** The place that it lies in, by id; null: none */
  parent: string | null;
}

/** All places, in the estate's order. */
export interface PlaceNames {
  /** In the estate's order */
  places: PlaceName[];
}

/** A plan, and what it was before. */
export interface PlanDetail {
  /** The plan in force */
  plan: PlanView;
  /** All versions that people have made, newest first; 100 at most */
  history: PlanView[];
}

/** The plans in force. */
export interface PlanList {
  /** Each plan, by its name */
  plans: PlanView[];
}

/** What is done in one kind of emergency. */
export interface PlanModel {
  /** The kind of emergency */
  plan: string;
  /** What it is called, in Chinese */
  zh: string;
  /** What it is called, in English */
  en: string;
  /** The checklist, in its order */
  steps: StepModel[];
  /** What starts it by itself */
  starts?: TriggerModel[];
  /** People may start it */
  by_hand?: boolean;
  /** Of an emergency of this kind that people report */
  priority?: 1 | 2 | 3 | 4;
  /** Who must be told within the time of EMG-3 */
  tell?: ("superior" | "police" | "fire" | "medical" | "utilities" | "property_office" | "residents_committee" | "lift_company" | "other")[];
}

/** A plan that a manager has written or edited. */
export interface PlanRequest {
  /** The whole plan; its name is the one of the path */
  body: PlanModel;
  /** The version that was edited; 0: it shipped, or is new */
  version: number;
  /** Why it is changed, for the record */
  reason: string;
}

/** A plan is started for an incident. */
export interface PlanStartRequest {
  /** Which plan, by its name */
  plan: string;
  /** Why, in a few words */
  note?: string;
}

/** A plan as it is now. `version` 0: it shipped with the program, and nobody has edited it. */
export interface PlanView {
  /** The plan itself */
  body: PlanModel;
  /** Its number, which grows by one with each edit; 0: it shipped */
  version: number;
  /** When it was edited last, UTC; null: it shipped */
  at: string | null;
  /** Who edited it; empty: it shipped */
  actor: string;
  /** Why, in their words */
  reason: string;
}

/** A camera of a view. */
export interface PlayableCamera {
  /** The camera, by its id */
  camera: string;
  /** main first; take one whose codec the browser plays */
  streams: PlayableStream[];
}

/** One of a camera's streams as it can be played. */
export interface PlayableStream {
  /** main or sub */
  stream: "main" | "sub";
  /** h264, hevc or other; empty: the index has none of it in that time */
  codec: string;
  /** Where its HLS playlist is, below the API's address */
  playlist: string;
}

/** How a tag that hangs at a point is known offline. */
export interface PointTag {
  /** nfc, rfid, ibutton, card or qr */
  medium: string;
  /** SHA-256 of SALT:TAG in hex. TAG: a hardware tag's digits in capitals with nothing between; of a label the 16 characters behind /t/ */
  hash: string;
}

/** The policy in force. */
export interface PolicyView {
  /** The policy's id */
  policy: string;
  /** In the file's order */
  clauses: ClauseView[];
  /** The names of the priorities 1 to 4 */
  priorities: Record<string, Record<string, string>>;
  /** What somebody of the staff can be, with its names */
  posts: Record<string, Record<string, string>>;
  /** What a place can be, with its names */
  place_classes: Record<string, Record<string, string>>;
  /** Numbers that a device's options may have otherwise */
  device_numbers: string[];
}

/** A reader or camera and the way that it guards. An empty zone is the street. */
export interface PortalBody {
  /** The version that was seen; 0: it is new */
  version?: number;
  /** Why; it stands in the history and on the audit log */
  reason?: string;
  /** Where one comes from */
  from_zone?: string;
  /** Where it leads */
  to_zone?: string;
  /** What is taken here */
  media?: ("card" | "plate" | "qr" | "pin" | "face")[];
  /** hard refuses whoever is there already */
  passback?: "off" | "soft" | "hard";
  /** For so many seconds; null: the policy's, 0: until they left */
  passback_s?: number | null;
  /** Whom a way out lets through */
  leave?: "anyone" | "known" | "permitted";
  /** Whether a PIN must follow */
  factor?: "never" | "weak" | "always";
}

/** A portal. */
export interface PortalView {
  /** Counted from 1 */
  version: number;
  /** When this version came to be: RFC 3339, UTC */
  changed_at: string;
  /** The device's id */
  id: string;
  /** Where one comes from */
  from_zone: string;
  /** Where it leads */
  to_zone: string;
  /** What is taken here */
  media: ("card" | "plate" | "qr" | "pin" | "face")[];
  /** off, soft or hard */
  passback: string;
  /** For so many seconds; null: the policy's */
  passback_s: number | null;
  /** anyone, known or permitted */
  leave: string;
  /** never, weak or always */
  factor: string;
}

/** An act that the incident's state allows, and the fields that it takes. `choices`: what a field may be, in Chinese and in English. */
export interface Possible {
  /** The act's name */
  act: string;
  /** What it is called, in Chinese */
  title_zh: string;
  /** What it is called, in English */
  title_en: string;
  /** Who may do it */
  roles: string[];
  /** Fields that it must have */
  required: string[];
  /** Fields that it may have */
  optional: string[];
  /** What a field may be, by the field's name: each value with its Chinese and its English words */
  choices: Record<string, Record<string, string[]>>;
}

/** A post that is checked. `current`: the window that is open now; `last`: the one before; `next` null: there is none yet, or nobody may foretell it. */
export interface Post {
  /** The duty, by its id */
  duty: string;
  /** The duty in Chinese */
  duty_zh: string;
  /** The duty in English */
  duty_en: string;
  /** The post, by the place's id */
  place: string;
  /** The post in Chinese */
  place_zh: string;
  /** The post in English */
  place_en: string;
  /** The window that is open now; null: none is */
  current: CheckInWindow | null;
  /** The window that opens next; null: it may not be foretold, or there is none */
  next: CheckInWindow | null;
  /** The window that ended last; null: there was none */
  last: CheckInWindow | null;
}

/** Where somebody, or a vehicle, really is. */
export interface PresenceCorrection {
  /** person or vehicle */
  sort: "person" | "vehicle";
  /** As the list has it; a plate however it is written */
  who: string;
  /** The zone; empty: outside */
  zone: string;
  /** How that is known */
  reason: string;
}

/** How many are in. It is known of credentials, not of people: who follows somebody in is not counted. */
export interface PresenceCounts {
  /** Zones in which somebody is, by their ids */
  zones: ZoneCount[];
}

/** Who is in, by name. */
export interface PresenceList {
  /** By `who` */
  present: PresenceView[];
}

/** Who is in. It is counted, and stands on the audit log with its reason. */
export interface PresenceSearch {
  /** Why somebody wants to know; it stands on the audit log */
  reason: string;
  /** Only people, or only vehicles */
  sort?: "person" | "vehicle" | null;
  /** One of them; a plate however it is written */
  who?: string;
  /** In one zone */
  zone?: string;
  /** Go on after this `who`: the last one of the page before */
  after?: string;
  /** How many at most */
  limit?: number;
}

/** Where somebody, or a vehicle, was last known to be. */
export interface PresenceView {
  /** person or vehicle */
  sort: "person" | "vehicle";
  /** A vehicle's plate; a person's number, or else the right or the card */
  who: string;
  /** Whose it is; empty: not known */
  holder: string;
  /** The right by which it came */
  permit: string;
  /** The zone; empty: outside */
  zone: string;
  /** The last gate */
  gate: string;
  /** In that zone since: RFC 3339, UTC */
  since: string;
  /** The last passage or correction: RFC 3339, UTC */
  at: string;
  /** Who has corrected it by hand; empty: nobody */
  corrected_by: string;
  /** Why it was corrected */
  reason: string;
}

/** An error. `code` is its name and stays the same; the messages say what to do and may change. */
export interface Problem {
  /** A URN that ends in `code` */
  type: string;
  /** The English message */
  title: string;
  /** The HTTP status */
  status: number;
  /** The error's name, which stays the same */
  code: string;
  /** What to do, in Chinese; it may change */
  message_zh: string;
  /** What to do, in English; it may change */
  message_en: string;
  /** What exactly is wrong, where that is known */
  errors: Wrong[];
  /** Of 401 to a guard's phone alone: what it holds of its guard is to be deleted */
  wipe: boolean;
}

/** The calendar of owed days. */
export interface Proof {
  /** The estate's zone */
  timezone: string;
  /** Each camera's streams that ever had footage */
  cameras: ProofCamera[];
}

/** A camera's month. */
export interface ProofCamera {
  /** The camera, by its id */
  camera: string;
  /** main or sub */
  stream: string;
  /** For how many days its footage is owed */
  owed_days: number;
  /** Each day up to today */
  days: ProofDay[];
}

/** A camera's day. `state`: `whole`, `holed`, `part` (of today, or of the day when recording began), `deleted` on its day, `gone` before it, or `none`: nothing was recorded yet. */
export interface ProofDay {
  /** The day, in the estate's zone */
  day: string;
  /** How it is */
  state: "whole" | "holed" | "part" | "deleted" | "gone" | "none";
  /** It has to be there */
  owed: boolean;
  /** Somebody holds some of it */
  held: boolean;
  /** So many seconds of it are there */
  covered_s: number;
  /** When the last of it that went was told to be gone, UTC */
  deleted_at: string | null;
  /** The first 100 holes in what is there */
  holes: ProofHole[];
}

/** Nothing shows this time. */
export interface ProofHole {
  /** From then, UTC */
  from_at: string;
  /** Until then, UTC */
  to_at: string;
  /** Why, a name such as camera_lost; empty: nobody has said */
  cause: string;
}

/** What a browser subscribes with. */
export interface PushKey {
  /** The `applicationServerKey`: 65 bytes as base64url */
  key: string;
}

/** A browser's subscription, as `PushSubscription.toJSON()` has it. */
export interface PushRequest {
  /** Where the push service takes it: https */
  endpoint: string;
  /** The browser's public key, base64url */
  p256dh: string;
  /** The browser's secret, base64url */
  auth: string;
}

/** Whether this phone is told by push. */
export interface PushState {
  /** A push goes to it when this guard is sent */
  subscribed: boolean;
}

/** Records that were put aside, newest first. */
export interface QuarantinePage {
  /** Newest first */
  records: QuarantinedRecord[];
}

/** A record that was put aside. `body`: as it came, as text, cut to 4,096 characters. */
export interface QuarantinedRecord {
  /** The log that it came in */
  stream: string;
  /** Its number in the log */
  seq: number;
  /** The agent that sent it */
  agent: string;
  /** When it came, UTC */
  at: string;
  /** Why it was put aside, a name */
  reason: string;
  /** As it came, as text, cut to 4,096 characters */
  body: string;
}

/** A day's openings, each with what explains it. */
export interface Reconciliation {
  /** The local day */
  day: string;
  /** The estate's zone */
  timezone: string;
  /** Gates that opened */
  gates: GateDay[];
  /** Oldest first; 500 at most: `gates` has all counts */
  unexplained: UnexplainedView[];
  /** Oldest first; 500 at most */
  by_hand: ByHandView[];
}

/** The window that a record would be of now, what it asks for, and what the hub knows. */
export interface RecordDraft {
  /** The window that it would keep; null: none is open */
  window: string | null;
  /** Until when it may be written: RFC 3339, UTC */
  ends_at: string | null;
  /** The fields that it must have */
  requires: string[];
  /** What the hub knows of that time; frozen when the record is written */
  facts: RecordFacts;
}

/** What the hub itself knows of the time that a record is of, at the moment when it was written. */
export interface RecordFacts {
  /** When that time begins: RFC 3339, UTC */
  from: string;
  /** When it ends, or when the record was written: RFC 3339, UTC */
  to: string;
  /** Incidents that were raised in it */
  incidents_raised: number;
  /** Incidents that were closed in it, of those of the last seven days */
  incidents_closed: number;
  /** Incidents that were open when it was written */
  incidents_open: number;
  /** Windows of patrols that ended in it and were kept */
  rounds_kept: number;
  /** Windows of patrols that ended in it and were not kept, or not provably */
  rounds_missed: number;
  /** Devices and agents that were out of reach in it */
  devices_away: string[];
  /** What they are called, in Chinese */
  devices_away_zh: string[];
  /** What they are called, in English */
  devices_away_en: string[];
}

/** The records of a local day, newest first. */
export interface RecordList {
  /** The estate's local day */
  day: string;
  /** The estate's time zone */
  timezone: string;
  /** Newest first */
  records: RecordView[];
}

/** A report on a duty at the desk, in the name of the account's person: the two-hour record, or another one. */
export interface RecordRequest {
  /** The duty, by its id */
  duty?: string;
  /** The post, by the place's id */
  place: string;
  /** What the form asks for, by name */
  fields: Record<string, boolean | number | string>;
}

/** A record as it stands. `fields`: what was written; `facts`: what the hub knew then; null: it came by another way. */
export interface RecordView {
  /** The name that it has on record */
  key: string;
  /** When it was written: RFC 3339, UTC */
  at: string;
  /** The post, by the place's id */
  place: string;
  /** Who wrote it, an id of the staff */
  person: string;
  /** Their name in Chinese */
  person_zh: string;
  /** Their name in English */
  person_en: string;
  /** What was written, by name */
  fields: Record<string, unknown>;
  /** What the hub knew when it was written */
  facts: RecordFacts | null;
}

/** Something of this guard's that the hub did not take. */
export interface RefusedEntry {
  /** The entry's own */
  key: string;
  /** What it was */
  kind: string;
  /** When it was made, on the hub's time line, UTC */
  made_at: string;
  /** Why: a name that stays the same */
  code: string;
}

/** What was refused in the last three days, newest first. */
export interface RefusedList {
  /** 200 at most */
  entries: RefusedEntry[];
}

/** Rows of the register, newest first. */
export interface Register {
  /** Newest first */
  rows: RegisterView[];
  /** For the next page; null: there is none */
  cursor: string | null;
}

/** Who looked at footage, or took some, when and why. */
export interface RegisterView {
  /** Its name */
  id: string;
  /** view: asked to look; export: had one made; download: took it */
  kind: "view" | "export" | "download";
  /** When: RFC 3339, UTC */
  at: string;
  /** Who, as people know them */
  actor: string;
  /** In which role */
  role: string;
  /** Why, in the actor's words */
  reason: string;
  /** The cameras, by their ids */
  cameras: string[];
  /** Of footage from then on: RFC 3339, UTC */
  from: string;
  /** Of footage until then: RFC 3339, UTC */
  to: string;
  /** The incident it is about, by its number */
  incident: number | null;
  /** Of an export: who gets it */
  receiver: string;
  /** Of an export: the receiver's own number for it, or empty */
  ticket: string;
  /** Of an export or a download: which; else empty */
  export: string;
}

/** Why an item is not accepted. */
export interface RejectRequest {
  /** Why it is not accepted */
  reason: string;
}

/** A shift that is off the roster. */
export interface Removed {
  /** The shift that is off the roster */
  removed: ShiftView;
}

/** The credential that takes the place of another. */
export interface ReplaceBody {
  /** The version that was seen; 0: it is new */
  version: number;
  /** Why it is done; it stands in the history and on the audit log */
  reason?: string;
  /** As when it is issued; the medium stays */
  number: string;
}

/** The tag that takes the old one's place, and why. */
export interface ReplaceRequest {
  /** What kind of tag it is */
  medium?: "nfc" | "rfid" | "ibutton" | "card" | "qr";
  /** The number as a reader prints it. For `qr`: nothing, and a new label is made; or what a label holds */
  tag?: string | null;
  /** Why it is done */
  reason: string;
}

/** The tag that ended, and the one that counts from the same instant on. */
export interface Replaced {
  /** The tag that ended */
  ended: TagRow;
  /** The tag that counts from the same instant on */
  begun: TagRow;
  /** What its QR code holds; null for a tag of another kind */
  label: string | null;
}

/** Something that people tell of: by phone, by radio, in person, or seen on a screen. */
export interface ReportRequest {
  /** A plan's name, such as fire; observation: none of them */
  kind: string;
  /** Where, by the place's id */
  place: string;
  /** What was told */
  text: string;
  /** How it came: phone, seen, radio or in_person */
  by: "phone" | "seen" | "radio" | "in_person";
  /** Who told it, and their number */
  caller?: string;
  /** The sender's own name for it: what is sent twice counts once; empty: each time anew */
  key?: string;
}

/** A dead letter that was delivered after all, and is gone. */
export interface Resent {
  /** The channel that gave up on it */
  reader: string;
  /** The change's position in the change log */
  pos: number;
}

/** What was said in a call with a resident. */
export interface ResidentCall {
  /** Whom the desk spoke to, a holder of the household */
  person: string;
  /** out: the desk rang up; in: they did */
  direction?: string;
  /** What was said */
  said: string;
  /** yes or no */
  answer: string;
}

/** A resident's own link, as the desk sees it. The link itself is shown to nobody but the resident. */
export interface ResidentLinkView {
  /** The holder whose it is */
  person: string;
  /** Their household */
  room: string;
  /** It registers visitors now */
  live: boolean;
  /** When it was made: RFC 3339, UTC; null: there is none */
  made_at: string | null;
  /** Who had it sent; `resident`: taken behind a confirmation */
  made_by: string;
  /** When it ends by itself: RFC 3339, UTC */
  expires_at: string | null;
  /** When it was withdrawn: RFC 3339, UTC; null: it was not */
  revoked_at: string | null;
  /** How many visitors were registered today */
  today: number;
}

/** Somebody of a household who was told, or was to be. */
export interface ResidentNotice {
  /** The visit or the delivery */
  about: string;
  /** Which text: confirm, dropped or consent */
  what: string;
  /** The household, by its id */
  room: string;
  /** The holder who was to be told */
  person: string;
  /** Since when: RFC 3339, UTC */
  at: string;
  /** waiting, sent or failed */
  state: "waiting" | "sent" | "failed";
  /** Why it failed, a name; empty: it did not */
  error: string;
}

/** Notices, newest first. */
export interface ResidentNoticeList {
  /** Newest first */
  notices: ResidentNotice[];
}

/** An older version is to be in force again, as a new version. */
export interface RestoreRequest {
  /** The version in force that was seen */
  seen: number;
  /** Why, in the words of who does it */
  reason?: string;
}

/** The review, as far as it is written. */
export interface ReviewRequest {
  /** What happened and what was done */
  summary?: string;
  /** What it cost: people, things, trust */
  impact?: string;
  /** What is learnt from it */
  lessons?: string;
  /** What is changed in the plan, or why nothing is */
  changes?: string;
  /** The run's version that the person saw; null: whichever it has */
  version?: number | null;
}

/** The review, and its clock. */
export interface ReviewView {
  /** What happened and what was done */
  summary: string;
  /** What it cost: people, things, trust */
  impact: string;
  /** What is learnt from it */
  lessons: string;
  /** What is changed in the plan */
  changes: string;
  /** Who wrote it last; empty: nobody */
  author: string;
  /** When it was written last, UTC; null: not yet */
  at: string | null;
  /** Who approved it; empty: nobody yet */
  approved_by: string;
  /** When it was approved, UTC; null: not yet */
  approved_at: string | null;
  /** By when it is to be approved, UTC; null: no clock runs */
  due_at: string | null;
  /** Its time passed before it was approved */
  overdue: boolean;
}

/** Why the agent is not to be believed any more. */
export interface RevokeAgentRequest {
  /** For the record */
  reason: string;
}

/** Going through at a portal while a schedule holds. */
export interface RightModel {
  /** The portal, by its device */
  portal: string;
  /** The schedule; always: at any time */
  schedule?: string;
}

/** Somebody who lives there, as a guard sees it. */
export interface RoomPerson {
  /** Their id as a holder: whom a call was with */
  id: string;
  /** Their name, masked */
  name: string;
}

/** Where a duty is done, in which order, and what brings the evidence: devices, phones, or `hub`. */
export interface RouteView {
  /** Its id in the estate file */
  id: string;
  /** Its name in Chinese */
  name_zh: string;
  /** Its name in English */
  name_en: string;
  /** The places, each with every window of the duty */
  places: string[];
  /** What may bring the evidence: devices, phones, or `hub` */
  sources: string[];
  /** free: any; set: as listed; random: drawn anew for each round */
  order: string;
}

/** All groups, zones, portals and schedules. */
export interface RulesView {
  /** By their ids */
  groups: GroupView[];
  /** By their ids */
  zones: ZoneView[];
  /** By their ids */
  portals: PortalView[];
  /** By their ids */
  schedules: ScheduleView[];
}

/** Runs, newest first. */
export interface RunList {
  /** Newest first */
  runs: RunSummary[];
  /** The cursor of the next page; null at the end */
  next: number | null;
}

/** A step of a run, and how far it is. */
export interface RunStepView {
  /** The step's name within the plan */
  step: string;
  /** What is done, in Chinese */
  zh: string;
  /** What is done, in English */
  en: string;
  /** The post that does it */
  who: string;
  /** The post's name in Chinese */
  who_zh: string;
  /** The post's name in English */
  who_en: string;
  /** The incident is not closed without it, unless a reason is given */
  mandatory: boolean;
  /** Who is called; null: nobody */
  call: CallModel | null;
  /** open, done or skipped */
  state: "open" | "done" | "skipped";
  /** Who has said so; empty: nobody yet */
  actor: string;
  /** When they said so, UTC; null: not yet */
  at: string | null;
  /** What they said about it */
  note: string;
  /** By when, UTC; null: no clock */
  due_at: string | null;
  /** Its time passed before it was done */
  overdue: boolean;
}

/** A plan that was started for an incident, in a line. */
export interface RunSummary {
  /** The incident's number */
  no: number;
  /** The plan's name */
  plan: string;
  /** The plan's version that it is pinned to; 0: the one that shipped */
  plan_version: number;
  /** What the plan is called, in Chinese */
  zh: string;
  /** What the plan is called, in English */
  en: string;
  /** running, review (the incident is closed), over, or void (it was withdrawn) */
  state: "running" | "review" | "over" | "void";
  /** Grows by one with each change of the run */
  version: number;
  /** When it was started, UTC */
  started_at: string;
  /** Who started it; hub: by itself */
  started_by: string;
  /** When the incident was closed, UTC; null: it was not */
  closed_at: string | null;
  /** How many steps are neither done nor skipped */
  steps_open: number;
  /** By when the review is to be approved, UTC; null: no clock runs */
  review_due_at: string | null;
  /** The review is approved */
  review_approved: boolean;
  /** By when residents are to be told, UTC; null: no clock runs */
  notice_due_at: string | null;
  /** The notice is published */
  notice_published: boolean;
  /** How many of its deadlines passed undone */
  overdue: number;
}

/** A run with all that was done in it. It shows the plan as it was when it was started. */
export interface RunView {
  /** The run in a line */
  run: RunSummary;
  /** Why it was started, where people did so */
  note: string;
  /** The checklist, in its order */
  steps: RunStepView[];
  /** Who must be told within the time of EMG-3 */
  must_tell: MustTell[];
  /** Who was told, in the order in which it was entered */
  told: ToldView[];
  /** The review afterwards */
  review: ReviewView;
  /** The notice to residents */
  notice: NoticeView;
  /** Who closed the incident; empty: nobody */
  closed_by: string;
  /** Why it was closed with something left open; empty: nothing was */
  closed_reason: string;
}

/** A tag was read. */
export interface ScanEntry {
  /** The phone's own name for it, the same each time it is sent */
  key: string;
  /** The phone's wall clock when it was made: RFC 3339 with an offset, as it was shown */
  made_at: string;
  /** The phone's monotonic clock then, in milliseconds since its boot */
  mono_ms?: number | null;
  /** What `mono_ms` counts from, where it is not the request's boot */
  boot?: string | null;
  /** Whose it is: an id of the estate's staff */
  person?: string;
  /** A tag was read */
  kind: "scan";
  /** A hardware tag's number, as a reader prints it */
  tag?: string;
  /** What a QR label holds, whole */
  label?: string;
  /** How it was read; what is given as `label` is always qr */
  medium?: "nfc" | "rfid" | "ibutton" | "card" | "qr";
  /** From a wand's dump: the tag of whoever carried it, as the agents' keyed hash, never its number */
  guard?: string;
  /** Counted from 1 for each guard on the phone */
  seq: number;
  /** Its wall clock less the hub's, in ms, as the phone had measured it when it was made */
  skew_ms?: number | null;
}

/** A tag was read. Either `tag` or `label`. One that is not known is kept too. */
export interface ScanItem {
  /** The phone's own name for it, the same each time it is sent */
  key: string;
  /** The phone's wall clock when it was made: RFC 3339 with an offset, as it was shown */
  made_at: string;
  /** The phone's monotonic clock then, in milliseconds since its boot */
  mono_ms?: number | null;
  /** What `mono_ms` counts from, where it is not the request's boot */
  boot?: string | null;
  /** Whose it is: an id of the estate's staff */
  person?: string;
  /** A tag was read */
  kind: "scan";
  /** A hardware tag's number, as a reader prints it */
  tag?: string;
  /** What a QR label holds, whole */
  label?: string;
  /** How it was read; what is given as `label` is always qr */
  medium?: "nfc" | "rfid" | "ibutton" | "card" | "qr";
  /** From a wand's dump: the tag of whoever carried it, as the agents' keyed hash, never its number */
  guard?: string;
}

/** Scans, newest first. `next`: the cursor of the next page, null at the end. */
export interface ScanPage {
  /** Newest first */
  scans: ScanView[];
  /** The cursor of the next page; null at the end */
  next: string | null;
}

/** A piece of evidence. `at`: when it was made, on the hub's time line; `device_at`: by the device's own clock. `place` is empty where the tag is known nowhere. `person_told`: who is said to have made it, where the staff has nobody of that id, and `person` is empty. `fields`: what a report holds. */
export interface ScanView {
  /** What brought it: a device, a phone, or `hub` */
  source: string;
  /** The source's own name for it */
  key: string;
  /** The place's id; empty where the tag is known nowhere */
  place: string;
  /** The place's name in Chinese */
  place_zh: string;
  /** The place's name in English */
  place_en: string;
  /** When it was made, on the hub's time line, UTC */
  at: string;
  /** When the hub took it in, UTC */
  received_at: string;
  /** When it was made by the device's own clock, UTC, where it tells */
  device_at: string | null;
  /** Whose it is: an id of the staff; empty: not known */
  person: string;
  /** Who is said to have made it, where the staff has nobody of that id */
  person_told: string;
  /** nfc, rfid, ibutton, card, qr, or hand: entered by a person */
  medium: string;
  /** The tag's number, or a label's name */
  tag: string;
  /** Of an answer or a report: the duty that it is meant for */
  duty: string;
  /** What is odd about it; which of them count is the duty's `void` */
  flags: string[];
  /** What a report holds */
  fields: Record<string, unknown>;
}

/** What a phone has to say, and its clocks now; or the scans of a wand that a program of its maker has read out. */
export interface ScansRequest {
  /** One of the estate's phones; a wand of it, whose dump is brought; or `hub`, where people enter it at the hub */
  phone: string;
  /** What the monotonic clock counts from, drawn anew with each boot */
  boot?: string;
  /** The phone's wall clock now, right or wrong; of a wand's dump it says nothing */
  sent_at: string;
  /** The phone's monotonic clock now, in milliseconds since its boot */
  sent_mono_ms?: number;
  /** Of a wand alone: by how many seconds its clock is ahead */
  clock_off_s?: number;
  /** By the phone's or the wand's clock: it has reported everything up to then */
  up_to?: string | null;
  /** The same by the phone's monotonic clock, in milliseconds */
  up_to_mono_ms?: number | null;
  /** In any order; each is judged by itself */
  items?: (ScanItem | FormItem | SignItem | PanicItem | LoneWatchItem | ObservationItem)[];
}

/** What became of each item, in their order. */
export interface ScansTaken {
  /** One for each item of the request */
  items: ItemOutcome[];
}

/** When rights hold, in local time. */
export interface ScheduleBody {
  /** The version that was seen; 0: it is new */
  version?: number;
  /** Why; it stands in the history and on the audit log */
  reason?: string;
  /** Its name in Chinese */
  name_zh: string;
  /** Its name in English */
  name_en?: string;
  /** The week's hours; they add up */
  weekly?: WeeklyModel[];
  /** Other hours on single dates */
  exceptions?: OtherDayModel[];
}

/** A schedule. */
export interface ScheduleView {
  /** Counted from 1 */
  version: number;
  /** When this version came to be: RFC 3339, UTC */
  changed_at: string;
  /** Its id in the book of permits */
  id: string;
  /** Its name in Chinese */
  name_zh: string;
  /** Its name in English */
  name_en: string;
  /** The week's hours */
  weekly: WeeklyModel[];
  /** Other hours on single dates */
  exceptions: OtherDayModel[];
}

/** The results, in the order of the selection. All that was done was committed together. */
export interface SelectionDone {
  /** How many were done */
  done: number;
  /** How many were refused */
  refused: number;
  /** What became of each, in the order of the selection */
  results: SelectionResult[];
}

/** The same act on incidents that a person has chosen one by one; there is no act on all. */
export interface SelectionRequest {
  /** The incidents, each once */
  selection: Chosen[];
  /** The act's fields, by name: the same for each */
  fields?: Record<string, string>;
}

/** What became of one of a selection: the incident as it is then, or why it was refused. */
export interface SelectionResult {
  /** The incident's number */
  no: number;
  /** The act was done to it */
  done: boolean;
  /** The incident as it is then; null: it was refused */
  incident: Incident | null;
  /** Why it was refused, by name; empty: it was done */
  code: string;
  /** Why it was refused, in Chinese; empty: it was done */
  message_zh: string;
  /** Why it was refused, in English; empty: it was done */
  message_en: string;
}

/** Sessions, the newest first. */
export interface SessionList {
  /** The newest first */
  sessions: SessionView[];
}

/** A sign-in that lasts, or a program's token. `own`: the one that asks. `used_at`: to about a minute. */
export interface SessionView {
  /** Its id, by which it can be ended; not the secret */
  session: string;
  /** Whose it is: the account's key */
  account: string;
  /** A person's sign-in, or a program's token */
  kind: "cookie" | "token" | "phone";
  /** What it is for, or where it was begun */
  label: string;
  /** It is the one that asks */
  own: boolean;
  /** When it began: RFC 3339, UTC */
  created_at: string;
  /** When it was last used, to about a minute: RFC 3339, UTC */
  used_at: string;
  /** When it ends in any case: RFC 3339, UTC */
  expires_at: string;
}

/** An incident is out of the way until then. */
export interface Shelf {
  /** Why, in the words of who shelved it */
  reason: string;
  /** Who sees to it meanwhile */
  owner: string;
  /** When it comes back, UTC */
  until: string;
}

/** What is done in these windows. */
export interface ShiftDuty {
  /** The duty's id */
  id: string;
  /** What it is called in Chinese */
  name_zh: string;
  /** What it is called in English */
  name_en: string;
  /** What shows that it was done: the kind of the entry */
  evidence: "scan" | "answer" | "report";
  /** Fields that its report must have */
  requires: string[];
  /** Pairs of fields that must be equal */
  equal: ([string, string])[];
  /** Flags with which a scan does not count, such as `weak_medium` */
  void: string[];
}

/** A floor of the plan. */
export interface ShiftFloor {
  /** The floor's id */
  id: string;
  /** What it is called in Chinese */
  name_zh: string;
  /** What it is called in English */
  name_en: string;
  /** Where its drawing is */
  drawing: string | null;
  /** The drawing's SHA-256, its ETag */
  digest: string | null;
}

/** Shifts, the one that begins last first. */
export interface ShiftList {
  /** The one that begins last first */
  shifts: ShiftView[];
}

/** What the app goes by. */
export interface ShiftNumbers {
  /** After so many seconds without a sign somebody who works alone is looked for */
  lone_silent_s: number;
  /** So many seconds after a window's end what is brought still counts */
  late_max_s: number;
  /** So many seconds the button is held before it calls */
  panic_hold_s: number;
  /** Entries of one batch */
  entries_max: number;
  /** Bytes of one batch */
  batch_bytes_max: number;
  /** Bytes of one photo */
  photo_bytes_max: number;
  /** Bytes of one voice note */
  voice_bytes_max: number;
  /** The longest voice note, in seconds */
  voice_s_max: number;
  /** Bytes of one piece of an upload */
  piece_bytes_max: number;
}

/** Who carries the phone. */
export interface ShiftPerson {
  /** An id of the estate's staff */
  person: string;
  /** The name in Chinese */
  name_zh: string;
  /** The name in English */
  name_en: string;
  /** The post, by the policy's name */
  post: string;
  /** The phone's id */
  phone: string;
  /** Until then the phone works without a new sign-in, UTC */
  expires_at: string;
}

/** A place of the shift's windows or tasks. */
export interface ShiftPoint {
  /** The place's id */
  id: string;
  /** What it is called in Chinese */
  name_zh: string;
  /** What it is called in English */
  name_en: string;
  /** The floor that it is drawn on */
  floor: string | null;
  /** Where on its drawing: shares of width and height from the upper left corner */
  at: number[] | null;
  /** What hangs there */
  tags: PointTag[];
}

/** A shift for the roster. One of the same person and route that begins at the same time is replaced. */
export interface ShiftRequest {
  /** An id of the staff */
  person: string;
  /** A route of the estate; empty: on every one */
  route?: string;
  /** When it begins: RFC 3339 with any offset */
  from: string;
  /** When it ends, 31 days later at most: RFC 3339 with any offset */
  until: string;
}

/** A walk. */
export interface ShiftRoute {
  /** The route's id */
  id: string;
  /** What it is called in Chinese */
  name_zh: string;
  /** What it is called in English */
  name_en: string;
  /** Whether its points are walked in their order */
  order: "free" | "set" | "random";
  /** Its points, in their order */
  places: string[];
}

/** An incident that this guard was sent to. */
export interface ShiftTask {
  /** The incident's number */
  no: number;
  /** What it is, in Chinese */
  title_zh: string;
  /** What it is, in English */
  title_en: string;
  /** 1 is the most urgent, 4 the least */
  priority: number;
  /** Where, a place's id */
  place: string;
  /** What whoever sent the guard has added */
  note: string;
  /** How far the guard has got */
  state: "sent" | "on_way" | "on_spot";
  /** When the guard was sent, UTC */
  sent_at: string;
  /** Until when to answer, UTC; null: that clock does not run */
  answer_by: string | null;
  /** Until when to be on the spot, UTC; null: that clock does not run */
  arrive_by: string | null;
}

/** Somebody is on duty on a route; everywhere where `route` is empty. */
export interface ShiftView {
  /** An id of the staff */
  person: string;
  /** The person's name in Chinese */
  person_zh: string;
  /** The person's name in English */
  person_en: string;
  /** The route's id; empty: on every route */
  route: string;
  /** When it begins, UTC */
  from: string;
  /** When it ends, UTC */
  until: string;
}

/** Something to be done at a place, between two times. */
export interface ShiftWindow {
  /** The window's id */
  id: string;
  /** The duty's id */
  duty: string;
  /** The route's id */
  route: string;
  /** The place's id */
  place: string;
  /** It counts from then on, UTC */
  opens_at: string;
  /** It is due then, UTC: the countdown runs to here */
  due_at: string;
  /** It counts until then, UTC */
  ends_at: string;
  /** What the hub knows of it */
  state: "open" | "kept" | "unproven" | "missed" | "withdrawn";
}

/** A sign of life of somebody who works alone. */
export interface SignEntry {
  /** The phone's own name for it, the same each time it is sent */
  key: string;
  /** The phone's wall clock when it was made: RFC 3339 with an offset, as it was shown */
  made_at: string;
  /** The phone's monotonic clock then, in milliseconds since its boot */
  mono_ms?: number | null;
  /** What `mono_ms` counts from, where it is not the request's boot */
  boot?: string | null;
  /** Whose it is: an id of the estate's staff */
  person?: string;
  /** A sign of life */
  kind: "sign";
  /** The phone was moved */
  moved?: boolean;
  /** The person answered when asked */
  answered?: boolean;
  /** Where, if that is known */
  place?: string;
  /** Counted from 1 for each guard on the phone */
  seq: number;
  /** Its wall clock less the hub's, in ms, as the phone had measured it when it was made */
  skew_ms?: number | null;
}

/** Who signs in. Neither case nor width of the name matters. */
export interface SignInRequest {
  /** The account's name, in any case and width */
  name: string;
  /** The account's password */
  password: string;
}

/** How one may prove who one is. A name and a password always do. */
export interface SignInWays {
  /** The settings name a provider: a browser may begin at /oidc/begin */
  oidc: boolean;
}

/** A sign of life of somebody who works alone. */
export interface SignItem {
  /** The phone's own name for it, the same each time it is sent */
  key: string;
  /** The phone's wall clock when it was made: RFC 3339 with an offset, as it was shown */
  made_at: string;
  /** The phone's monotonic clock then, in milliseconds since its boot */
  mono_ms?: number | null;
  /** What `mono_ms` counts from, where it is not the request's boot */
  boot?: string | null;
  /** Whose it is: an id of the estate's staff */
  person?: string;
  /** A sign of life */
  kind: "sign";
  /** The phone was moved */
  moved?: boolean;
  /** The person answered when asked */
  answered?: boolean;
  /** Where, if that is known */
  place?: string;
}

/** One thing about a device that stands beside its state, such as the loop under a barrier. */
export interface Signal {
  /** open, closed, moving, position_unknown; live, lost; dark, frozen, defocused, blinded, moved, occluded; in_contact; unknown */
  name: string;
  /** The same for people, in Chinese */
  zh: string;
  /** The same for people, in English */
  en: string;
  /** It is so that no device should be like this */
  abnormal: boolean;
  /** Since when, by the hub's time line, UTC; null: not known */
  since: string | null;
  /** The kind of reading that tells it */
  kind: string;
}

/** One of the two who sign. */
export interface Signer {
  /** The account's key; empty: nobody has joined yet */
  account: string;
  /** The name as it was written */
  name: string;
  /** Whom of the staff they are, by id; empty: not known */
  person: string;
  /** Their name among the staff in Chinese */
  person_zh: string;
  /** Their name among the staff in English */
  person_en: string;
  /** When they signed: RFC 3339, UTC; null: not yet */
  signed_at: string | null;
}

/** The sound alone goes off for a minute. It acknowledges nothing. `post`: one of the policy's, empty for the whole site. */
export interface SilenceRequest {
  /** One of the policy's posts; empty: the whole site */
  post?: string;
}

/** The sound is off at a post (empty: everywhere). A new P1 ends it at once. */
export interface SilenceView {
  /** The post where the sound is off; empty: everywhere */
  post: string;
  /** Who turned it off */
  actor: string;
  /** Since when, UTC */
  at: string;
  /** Until when, UTC, unless a new P1 ends it */
  until: string;
}

/** The camera's agent was asked for a picture, which comes by itself. `order` is found in its `snapshot_taken` event. */
export interface SnapshotOrdered {
  /** Its name, found in the camera's `snapshot_taken` event */
  order: string;
}

/** What brings the evidence, and up to when it has told everything; null: it never did. */
export interface SourceView {
  /** A device, a phone, or `hub` */
  id: string;
  /** Its name in Chinese */
  name_zh: string;
  /** Its name in English */
  name_en: string;
  /** Everything that it had to say up to then is committed, UTC; null: it never said anything */
  reported_up_to: string | null;
}

/** The spaces. */
export interface SpaceList {
  /** All of them, by id */
  spaces: SpaceView[];
}

/** A parking space, or an area. */
export interface SpaceRequest {
  /** Its name in Chinese */
  name_zh: string;
  /** Its name in English */
  name_en?: string;
  /** Where it lies, by the place's id */
  place: string;
  /** How many vehicles: over 1 it is an area */
  holds?: number;
  /** For vehicles with no permit */
  temporary?: boolean;
}

/** A space as it is now. */
export interface SpaceView {
  /** Its name in Chinese */
  name_zh: string;
  /** Its name in English */
  name_en: string;
  /** Where it lies, by the place's id */
  place: string;
  /** How many vehicles: over 1 it is an area */
  holds: number;
  /** For vehicles with no permit */
  temporary: boolean;
  /** Its id, as in the address */
  id: string;
  /** How many vehicles have it now */
  taken: number;
}

/** All who work here. */
export interface StaffList {
  /** In the estate file's order */
  staff: StaffView[];
}

/** Somebody who works here. */
export interface StaffView {
  /** An id of the staff */
  id: string;
  /** The person's name in Chinese */
  name_zh: string;
  /** The person's name in English */
  name_en: string;
  /** What the person does: a post of the policy */
  post: string;
}

/** A line of the checklist. */
export interface StepModel {
  /** The step's name within the plan */
  step: string;
  /** What is done, in Chinese */
  zh: string;
  /** What is done, in English */
  en: string;
  /** The post that does it */
  who: string;
  /** By when, in seconds from the plan's start; null: no clock */
  deadline_s?: number | null;
  /** The incident is not closed without it, unless a reason is given */
  mandatory?: boolean;
  /** Who is called; null: nobody */
  call?: CallModel | null;
  /** The act on the incident that ticks it; empty: people tick it */
  done_by?: "" | "acknowledged" | "dispatched" | "arrived";
}

/** A step is done, skipped, or open again. */
export interface StepRequest {
  /** done, skipped, or open again */
  state: "open" | "done" | "skipped";
  /** What there is to say; for a step that is skipped, why */
  note?: string;
  /** The run's version that the person saw; null: whichever it has */
  version?: number | null;
}

/** One log of an agent. `mark`: everything up to that number is committed. */
export interface Stream {
  /** The log's name */
  stream: string;
  /** Everything up to that number is committed */
  mark: number;
  /** Counts the agent's boots on this log */
  epoch: number;
  /** When it was last heard, UTC */
  heard_at: string;
  /** the agent's clock less the hub's, as the agent last measured it */
  offset_ms: number;
}

/** The live incidents in numbers. `sounding`: for how many somebody is still to be called; `flood`: whether one lasts, in which only P1 and P2 sound. */
export interface Summary {
  /** The moment that the numbers are of, UTC */
  at: string;
  /** How many are live */
  live: number;
  /** For how many somebody is still to be called */
  sounding: number;
  /** A flood lasts, in which only P1 and P2 sound */
  flood: boolean;
  /** Since when the oldest waits, UTC */
  oldest_unacknowledged_at: string | null;
  /** The numbers of each priority */
  priorities: Count[];
}

/** How the sweep of footage is. */
export interface SweepView {
  /** Why nothing is deleted until a manager has looked; empty: it goes on */
  halted: "" | "clock" | "volume" | "restored";
  /** Since when it is halted, UTC */
  since: string | null;
  /** Halted by volume: so many days' footage of all streams is due at once */
  due_days: number | null;
  /** For how many days each camera's footage is kept */
  days: Record<string, number>;
  /** The fewer days that policy and estate say; two people have to agree */
  fewer_days: Record<string, number>;
  /** Who has agreed to them and waits for a second person; empty: nobody */
  fewer_days_by: string;
  /** After so many days nothing may be left that nobody holds; null: no policy says so */
  days_max: number | null;
  /** What becomes of footage where a disk is full */
  when_full: "refuse_new" | "drop_oldest";
  /** The law that the days rest on */
  legal_basis: string;
  /** Orders to delete that are not done with: condemned, rescuing, kept */
  orders: Record<string, number>;
  /** Agents' disks of which something is open */
  disks: DiskView[];
}

/** An agent's table of permits: what the hub has made, and what the agent holds. */
export interface TableView {
  /** The agent */
  agent: string;
  /** Its name in Chinese */
  name_zh: string;
  /** Its name in English */
  name_en: string;
  /** The gates that decide by it, by their devices */
  portals: string[];
  /** Names the numbering */
  epoch: string;
  /** The newest table's number */
  no: number;
  /** What it comes to */
  hash: string;
  /** How many entries it has */
  entries: number;
  /** When it was made: RFC 3339, UTC */
  made_at: string;
  /** The number that the agent holds; null: none, or it has not told */
  held_no: number | null;
  /** What the agent's comes to */
  held_hash: string;
  /** How many entries the agent has */
  held_entries: number;
  /** When the hub made the table that the agent holds: RFC 3339, UTC */
  held_made_at: string | null;
  /** When the agent told: RFC 3339, UTC; null: not since the hub was started */
  told_at: string | null;
  /** The agent holds the newest one */
  current: boolean;
  /** How much older its table is than the newest, in seconds; null: it is not known */
  behind_s: number | null;
}

/** All agents that have gates. */
export interface TablesView {
  /** By the agents' ids */
  tables: TableView[];
  /** How many things of each kind the book has */
  counts: Record<string, number>;
}

/** Rows of tags, newest first. `timezone`: the estate's. */
export interface TagList {
  /** The estate's time zone, in which people read times and days */
  timezone: string;
  /** Newest first */
  tags: TagRow[];
}

/** A tag from when it was enrolled until it was replaced or revoked. One tag may have several rows, which never overlap. `reason`: why it ended. */
export interface TagRow {
  /** The tag's number in capitals without what stands between, or a label's 16 characters */
  tag: string;
  /** nfc, rfid, ibutton, card or qr */
  medium: string;
  /** The checkpoint at which it stands, by id; empty for a person's */
  place: string;
  /** The place's name in Chinese */
  place_zh: string;
  /** The place's name in English */
  place_en: string;
  /** Whose it is, an id of the staff; empty for a place's */
  person: string;
  /** The person's name in Chinese */
  person_zh: string;
  /** The person's name in English */
  person_en: string;
  /** From when it counts, UTC */
  enrolled_at: string;
  /** Since when it counts no more, UTC; null: it still does */
  ended_at: string | null;
  /** Why it ended; empty while it counts */
  reason: string;
  /** Who enrolled it; empty where the change log does not know any more */
  enrolled_by: string;
  /** Who replaced or revoked it; empty while it counts, and where the change log does not know any more */
  ended_by: string;
}

/** What became of an answer or a report. `counted` false: it is on record and keeps no window; the words say why. */
export interface Taken {
  /** The name that it has on record */
  key: string;
  /** It keeps its window */
  counted: boolean;
  /** The window that it keeps; null: none */
  window: string | null;
  /** Why it keeps none, by name; null: it keeps one */
  why: string | null;
  /** Why it keeps none, in Chinese */
  why_zh: string | null;
  /** Why it keeps none, in English */
  why_en: string | null;
  /** What is odd about it, by name */
  flags: string[];
}

/** What a guard who was sent says. */
export interface TaskEntry {
  /** The phone's own name for it, the same each time it is sent */
  key: string;
  /** The phone's wall clock when it was made: RFC 3339 with an offset, as it was shown */
  made_at: string;
  /** The phone's monotonic clock then, in milliseconds since its boot */
  mono_ms?: number | null;
  /** What `mono_ms` counts from, where it is not the request's boot */
  boot?: string | null;
  /** Whose it is: an id of the estate's staff */
  person?: string;
  /** The answer to a dispatch */
  kind: "task";
  /** The incident */
  no: number;
  /** How far the guard has got */
  answer: "on_way" | "on_spot" | "found" | "declined";
  /** What was found; needed for `found` */
  finding?: string;
  /** Why the guard does not go; needed for `declined` */
  reason?: string;
  /** What else there is to say */
  note?: string;
  /** Counted from 1 for each guard on the phone */
  seq: number;
  /** Its wall clock less the hub's, in ms, as the phone had measured it when it was made */
  skew_ms?: number | null;
}

/** Who did what, when. `body` holds the act's fields, `told` the same for people. */
export interface TimelineEntry {
  /** When, UTC */
  at: string;
  /** What was done */
  act: string;
  /** What was done, in Chinese */
  title_zh: string;
  /** What was done, in English */
  title_en: string;
  /** Who did it */
  actor: string;
  /** The act's fields */
  body: Record<string, unknown>;
  /** The act's fields as people read them */
  told: Told[];
}

/** What the token is for, and for how many days. */
export interface TokenRequest {
  /** What it is for, as the list of sessions shows it */
  label: string;
  /** For how many days it is good */
  days: number;
}

/** One thing that is known, as people read it. `at`: it is a time; the texts are empty then. */
export interface Told {
  /** Its name where the facts or the act's fields have it */
  name: string;
  /** What it is called, in Chinese */
  title_zh: string;
  /** What it is called, in English */
  title_en: string;
  /** The value with its unit, in Chinese */
  text_zh: string;
  /** The value with its unit, in English */
  text_en: string;
  /** The value where it is a time, UTC; null where it is none */
  at: string | null;
}

/** Somebody outside was told. */
export interface ToldRequest {
  /** Which authority or superior */
  whom: "superior" | "police" | "fire" | "medical" | "utilities" | "property_office" | "residents_committee" | "lift_company" | "other";
  /** The name of who answered */
  name: string;
  /** How: phone, radio, in_person or message */
  means?: "phone" | "radio" | "in_person" | "message";
  /** When, RFC 3339; null: now */
  at?: string | null;
  /** What they said */
  note?: string;
  /** The run's version that the person saw; null: whichever it has */
  version?: number | null;
}

/** Somebody outside was told. */
export interface ToldView {
  /** Which authority or superior */
  whom: "superior" | "police" | "fire" | "medical" | "utilities" | "property_office" | "residents_committee" | "lift_company" | "other";
  /** The name of who answered */
  name: string;
  /** How: phone, radio, in_person or message */
  means: "phone" | "radio" | "in_person" | "message";
  /** When, as who entered it says, UTC */
  at: string;
  /** When it was entered, UTC */
  recorded_at: string;
  /** Who told them */
  actor: string;
  /** What they said */
  note: string;
}

/** What brought most alarms. `share_percent` of all alarms, rounded up. */
export interface TopSource {
  /** The rule that found it */
  detector: string;
  /** What the rule is called, in Chinese */
  detector_zh: string;
  /** What the rule is called, in English */
  detector_en: string;
  /** The device, by its id */
  device: string;
  /** The device's name in Chinese */
  device_zh: string;
  /** The device's name in English */
  device_en: string;
  /** How many alarms it brought */
  alarms: number;
  /** Of all alarms, in per cent, rounded up */
  share_percent: string;
}

/** An incident that starts a plan by itself. */
export interface TriggerModel {
  /** The rule that found the incident */
  detector: string;
  /** Only where each fact of this name is one of these texts */
  facts?: Record<string, string[]>;
  /** Only of these devices; empty: of any */
  devices?: string[];
  /** Only at these places; empty: anywhere */
  places?: string[];
}

/** One rule. */
export interface TruckRule {
  /** The rule in Chinese */
  zh: string;
  /** The rule in English; may be empty */
  en?: string;
}

/** All rules, and the version that was seen while they were edited. */
export interface TruckRulesBody {
  /** The version in force, as it was read */
  seen: string;
  /** In the order in which they are read out */
  lines: TruckRule[];
}

/** The rules in force, and what was told before. */
export interface TruckRulesPage {
  /** Those that are told now */
  now: TruckRulesView;
  /** Earlier versions, newest first, 50 at most */
  before: TruckRulesView[];
}

/** The rules of one version. */
export interface TruckRulesView {
  /** As it stands in a visit whose driver was told them */
  version: string;
  /** In the order in which they are read out */
  lines: TruckRule[];
  /** Since when: RFC 3339, UTC */
  made_at: string;
  /** Who wrote them; hub: they are the shipped ones */
  made_by: string;
}

/** An opening that nothing explains. */
export interface UnexplainedView {
  /** Its name */
  id: string;
  /** The door or barrier, by its id */
  gate: string;
  /** When: RFC 3339, UTC */
  at: string;
  /** When it was closed: RFC 3339, UTC; null: it is open, or nobody saw it */
  closed_at: string | null;
  /** Its incident; null: none yet, as its agent has not reported past it */
  incident: number | null;
}

/** Why somebody wants to see what is personal. */
export interface UnmaskRequest {
  /** Why: it stands on the audit log */
  reason: string;
}

/** What is personal of a visit, whole. */
export interface Unmasked {
  /** Who comes */
  name: string;
  /** Their identity number */
  identity: string;
  /** Their phone */
  phone: string;
  /** Their plate */
  plate: string;
  /** How many such looks are left to the account in this hour */
  left: number;
}

/** The places that stayed unvisited for longest, the worst first. */
export interface UnvisitedReport {
  /** The first local day */
  first: string;
  /** The last local day, included */
  last: string;
  /** What is told is what was known then, UTC */
  as_of: string;
  /** The estate's time zone, in which people read times and days */
  timezone: string;
  /** The worst first */
  rows: UnvisitedRow[];
}

/** The longest time that a place stayed unvisited, in seconds. `ended_s`: between two visits, the second of which was on these days; `ongoing_s`: since the last visit, up to now or to the end of the days. `at_least`: no visit is on record, and it counts from the first day on which one was due. */
export interface UnvisitedRow {
  /** The place's id */
  place: string;
  /** Its name in Chinese */
  name_zh: string;
  /** Its name in English */
  name_en: string;
  /** The duties that its visits fill */
  duties: string[];
  /** The longest time unvisited, in seconds: the longer of the next two */
  longest_s: number;
  /** Between two visits, the second of which was on these days, in seconds; null: there was none */
  ended_s: number | null;
  /** Since the last visit, up to now or to the end of the days, in seconds; null: it is not due any more */
  ongoing_s: number | null;
  /** When it was last visited, UTC; null: no visit is on record */
  last_visit_at: string | null;
  /** No visit is on record, so it counts from the first day on which one was due */
  at_least: boolean;
}

/** Who put which version of the estate in force. */
export interface VersionInfo {
  /** Counted from 1; the highest is in force */
  version: number;
  /** When, UTC */
  at: string;
  /** Who; empty: the hub, from the estate file */
  actor: string;
  /** Why, in the actor's words */
  reason: string;
  /** file: imported from one; edit: edited at the hub; restore: an older version again */
  origin: "file" | "edit" | "restore";
  /** SHA-256 of the document */
  digest: string;
}

/** Versions, newest first. */
export interface VersionList {
  /** Newest first */
  versions: VersionInfo[];
  /** The `before` of the next page; null at the end */
  next: number | null;
}

/** A version with its document. */
export interface VersionView {
  /** Who made it when */
  info: VersionInfo;
  /** The estate file's values; no keys */
  document: Record<string, unknown>;
}

/** A view stands in the register, and may be played by this sign-in. */
export interface ViewOpened {
  /** Its name in the register */
  view: string;
  /** What its addresses hold; worth nothing without the sign-in that asked */
  token: string;
  /** The cameras */
  cameras: PlayableCamera[];
  /** From then on: RFC 3339, UTC */
  from: string;
  /** Until then: RFC 3339, UTC */
  to: string;
  /** How long it lasts unused, in seconds; playing extends it */
  valid_s: number;
}

/** Somebody wants to look at footage. About an incident, what is left out is its cameras, and from 2 minutes before it to 5 after. */
export interface ViewRequest {
  /** Why somebody looks; it stands in the register and on the audit log */
  reason: string;
  /** The cameras, 4 at most, by their ids */
  cameras?: string[] | null;
  /** From then on: RFC 3339 with an offset */
  from?: string | null;
  /** Until then, 6 h at most; it may lie ahead: RFC 3339 with an offset */
  to?: string | null;
  /** The incident it is about, by its number */
  incident?: number | null;
}

/** What an act needs: a reason for force, extend, cancel and close; `until_at` for extend; `rules`; `space`. */
export interface VisitActRequest {
  /** Why it is done */
  reason?: string;
  /** The pass's new end: RFC 3339 with an offset */
  until_at?: string | null;
  /** Which version of the driving and working rules was told and acknowledged */
  rules?: string;
  /** The new parking space */
  space?: string;
}

/** One act on a visit or a delivery. */
export interface VisitEntryView {
  /** When it happened: RFC 3339, UTC */
  at: string;
  /** What was done, such as confirmed */
  act: string;
  /** An account, a holder of the household, or hub */
  actor: string;
  /** Why, or what was said; numbers in it are masked */
  note: string;
}

/** The kinds. */
export interface VisitKindList {
  /** In the order of a form */
  kinds: VisitKindView[];
}

/** A kind of visit and what it needs. */
export interface VisitKindView {
  /** Its name */
  kind: "visitor" | "vehicle" | "temporary" | "truck";
  /** Its name in Chinese */
  zh: string;
  /** Its name in English */
  en: string;
  /** The clause it comes under */
  clause: string;
  /** Fields that must be filled */
  needs: string[];
  /** The resident visited confirms it */
  resident: boolean;
  /** The driver is told the rules first */
  told_rules: boolean;
}

/** Visits, newest first. */
export interface VisitList {
  /** Newest first, masked */
  visits: VisitView[];
}

/** A visit with its history and its notices. */
export interface VisitPage {
  /** As it is now */
  visit: VisitView;
  /** Oldest first */
  history: VisitEntryView[];
  /** Who was told, newest first */
  notices: ResidentNotice[];
}

/** A registration. Which fields a kind needs: GET /visit-kinds. */
export interface VisitRequest {
  /** visitor, vehicle, temporary or truck */
  kind: "visitor" | "vehicle" | "temporary" | "truck";
  /** The household visited, by its id; empty: the estate itself */
  room?: string;
  /** Who comes; sealed, and masked on screens */
  name?: string;
  /** The number of an identity document; sealed, and masked on screens */
  identity?: string;
  /** Their phone; sealed, and masked on screens */
  phone?: string;
  /** Why they come */
  reason?: string;
  /** For whom they work, where that matters */
  company?: string;
  /** The number plate of a vehicle */
  plate?: string;
  /** By which visitors' route, which says what the pass opens */
  route?: string;
  /** Which parking space the vehicle gets */
  space?: string;
  /** When they are expected: RFC 3339 with an offset; null: now */
  expected_at?: string | null;
  /** The resident who has it registered, at the desk or by phone, and so confirms it; empty: nobody has */
  resident?: string;
  /** Admit it at once, where no resident is to confirm it */
  admit?: boolean;
}

/** The routes. */
export interface VisitRouteList {
  /** All of them, by id */
  routes: VisitRouteView[];
}

/** A visitors' route. */
export interface VisitRouteRequest {
  /** Its name in Chinese */
  name_zh: string;
  /** Its name in English */
  name_en?: string;
  /** How one gets there */
  words?: string;
  /** What the pass opens: groups of permits */
  groups?: string[];
}

/** A route as it is now. */
export interface VisitRouteView {
  /** Its name in Chinese */
  name_zh: string;
  /** Its name in English */
  name_en: string;
  /** How one gets there */
  words: string;
  /** What the pass opens: groups of permits */
  groups: string[];
  /** Its id, as in the address */
  id: string;
}

/** Whom somebody looks for: a part of a name, or the last characters of a number or a plate, four at least. */
export interface VisitSearch {
  /** Whom; it stands in no log */
  text: string;
}

/** A visit. What is personal is masked; `POST /visits/{visit}/unmask` shows it whole. */
export interface VisitView {
  /** Its random name */
  id: string;
  /** visitor, vehicle, temporary or truck */
  kind: "visitor" | "vehicle" | "temporary" | "truck";
  /** The kind in Chinese */
  kind_zh: string;
  /** The kind in English */
  kind_en: string;
  /** The clause it comes under */
  clause: string;
  /** How far it is: registered, asked, expired, confirmed, inside, overstayed, or over */
  state: "registered" | "asked" | "expired" | "confirmed" | "inside" | "overstayed" | "refused" | "cancelled" | "left" | "closed";
  /** The state in Chinese */
  state_zh: string;
  /** The state in English */
  state_en: string;
  /** The household visited; empty: the estate itself */
  room: string;
  /** Who comes, masked */
  name: string;
  /** The identity number, masked */
  identity: string;
  /** Their phone, masked */
  phone: string;
  /** The plate, masked */
  plate: string;
  /** Why they come */
  reason: string;
  /** For whom they work */
  company: string;
  /** Their route, by its id */
  route: string;
  /** Their parking space, by its id */
  space: string;
  /** When it was registered: RFC 3339, UTC */
  made_at: string;
  /** Who entered it */
  made_by: string;
  /** guard, desk or resident */
  made_as: "guard" | "desk" | "resident";
  /** When they are expected: RFC 3339, UTC; null: when it was registered */
  expected_at: string | null;
  /** When the resident was asked last: RFC 3339, UTC */
  asked_at: string | null;
  /** When the present state ends by itself: RFC 3339, UTC; null: it is over */
  due_at: string | null;
  /** When somebody answered for it: RFC 3339, UTC */
  answered_at: string | null;
  /** By link, call, resident (who registered it) or staff; empty: nobody has */
  answered_how: "" | "link" | "call" | "resident" | "staff";
  /** Who: a holder of the household, or an account */
  answered_by: string;
  /** When the pass begins: RFC 3339, UTC; null: there is none */
  from_at: string | null;
  /** When the pass ends: RFC 3339, UTC */
  until_at: string | null;
  /** When they came in: RFC 3339, UTC */
  entered_at: string | null;
  /** When they went: RFC 3339, UTC */
  left_at: string | null;
  /** They were let in unconfirmed */
  forced: boolean;
  /** Which version of the rules a truck's driver was told; empty: none */
  rules: string;
  /** When the driver was told: RFC 3339, UTC */
  rules_at: string | null;
  /** Who told the driver */
  rules_by: string;
  /** How many come */
  people: number;
  /** When it was over: RFC 3339, UTC */
  ended_at: string | null;
  /** When what is personal goes: RFC 3339, UTC; null: it is not over */
  erase_at: string | null;
  /** What was personal is gone */
  erased: boolean;
  /** What can be done now, such as ask, enter, cancel */
  acts: string[];
}

/** Look for it no more. */
export interface WatchEndRequest {
  /** Why it is ended */
  reason: string;
}

/** The watch list. */
export interface WatchList {
  /** Newest first */
  watched: WatchView[];
}

/** Look for a plate. */
export interface WatchRequest {
  /** However it is written */
  plate: string;
  /** Why; people see it in the incident */
  reason: string;
  /** Until then: RFC 3339 with an offset; null: until somebody ends it */
  until?: string | null;
  /** Of its incidents, 1 is the highest */
  priority?: 1 | 2 | 3 | 4;
}

/** A plate that is looked for. */
export interface WatchView {
  /** Its name */
  id: string;
  /** The plate */
  plate: string;
  /** Why it is looked for */
  reason: string;
  /** Who has put it there */
  actor: string;
  /** Since when: RFC 3339, UTC */
  at: string;
  /** Until when: RFC 3339, UTC; null: until somebody ends it */
  until: string | null;
  /** The priority of its incidents, 1 to 4 */
  priority: number;
  /** When it was ended: RFC 3339, UTC; null: it was not */
  ended_at: string | null;
  /** Who ended it; empty: nobody */
  ended_by: string;
}

/** Hours on some days, in minutes of the local day; an end before the beginning is on the next day. */
export interface WeeklyModel {
  /** mon … sun, workday, holiday */
  days: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun" | "workday" | "holiday")[];
  /** The beginning */
  from_min?: number;
  /** The end, not included */
  until_min?: number;
}

/** A scan at the window's place, in it or near it. `keeps`: the window is kept by it; `why`: the name of the reason. */
export interface WeighedScan {
  /** The scan itself */
  scan: ScanView;
  /** The window is kept by it */
  keeps: boolean;
  /** Why it counts or not, a name */
  why: string;
  /** The same in Chinese */
  why_zh: string;
  /** The same in English */
  why_en: string;
}

/** A window, and why it is what it is: the explanations are in the estate's local time. `incident`: the number of its gap's; null without one. */
export interface WindowDetail {
  /** The estate's time zone, in which people read times and days */
  timezone: string;
  /** The window itself */
  window: WindowView;
  /** The clause of the policy that it comes under */
  clause: string;
  /** Why it is what it is, in Chinese, with the estate's local times */
  explanation_zh: string;
  /** The same in English */
  explanation_en: string;
  /** The number of its gap's incident; null without one */
  incident: number | null;
  /** What was scanned at its place, in it or near it */
  scans: WeighedScan[];
  /** What brings its evidence, and how far each has reported */
  sources: SourceView[];
}

/** Windows by their end. `next`: the cursor of the next page, null at the end. `timezone`: the estate's. */
export interface WindowPage {
  /** The estate's time zone, in which people read times and days */
  timezone: string;
  /** By their end */
  windows: WindowView[];
  /** The cursor of the next page; null at the end */
  next: string | null;
}

/** One duty at one place once. `state`: open, kept, unproven, missed or withdrawn. `gap_at`: when its gap was raised. `people`: who kept it, or who was on duty when it ended. `note`: what else is known, a name. */
export interface WindowView {
  /** Made of duty, route, place and opening; it never changes */
  id: string;
  /** The duty's id */
  duty: string;
  /** The duty in Chinese */
  duty_zh: string;
  /** The duty in English */
  duty_en: string;
  /** The route's id */
  route: string;
  /** The route's name in Chinese */
  route_zh: string;
  /** The route's name in English */
  route_en: string;
  /** The place's id */
  place: string;
  /** The place's name in Chinese */
  place_zh: string;
  /** The place's name in English */
  place_en: string;
  /** From when it may be done, UTC */
  opens_at: string;
  /** By when it is to be done, UTC */
  due_at: string;
  /** Until when it still counts: due and the duty's tolerance, UTC */
  ends_at: string;
  /** open, kept, unproven, missed or withdrawn */
  state: string;
  /** When it got this state, UTC; null while it is open */
  settled_at: string | null;
  /** When its gap was raised, UTC; null: none was */
  gap_at: string | null;
  /** Who kept it, or who was on duty when it ended: ids of the staff */
  people: string[];
  /** What else is known, names with spaces between */
  note: string;
  /** What keeps it; null: nothing does */
  evidence: EvidenceView | null;
}

/** One thing that is wrong with a request. */
export interface Wrong {
  /** Where: a path into the request */
  at: string;
  /** What is wrong there */
  what: string;
}

/** A part of the estate that portals lead into and out of. */
export interface ZoneBody {
  /** The version that was seen; 0: it is new */
  version?: number;
  /** Why; it stands in the history and on the audit log */
  reason?: string;
  /** Its name in Chinese */
  name_zh: string;
  /** Its name in English */
  name_en?: string;
  /** The estate's place, or empty */
  place?: string;
}

/** How many are in a zone. */
export interface ZoneCount {
  /** The zone, by its id */
  zone: string;
  /** How many people, by their credentials */
  people: number;
  /** How many vehicles, by their plates */
  vehicles: number;
}

/** A zone. */
export interface ZoneView {
  /** Counted from 1 */
  version: number;
  /** When this version came to be: RFC 3339, UTC */
  changed_at: string;
  /** Its id in the book of permits */
  id: string;
  /** Its name in Chinese */
  name_zh: string;
  /** Its name in English */
  name_en: string;
  /** The estate's place, or empty */
  place: string;
}

/** Who joins or signs: whoever is signed in, or with `credentials` somebody else at the same window. */
export interface hub__api__handover_models__SignRequest {
  /** Of somebody else at the same window; null: who asks */
  credentials?: Credentials | null;
}

/** A review is approved, or a notice published. */
export interface hub__api__plan_models__SignRequest {
  /** What there is to say about it */
  note?: string;
  /** The run's version that the person saw; null: whichever it has */
  version?: number | null;
}

/** Why a link is withdrawn. */
export interface hub__api__resident_models__RevokeRequest {
  /** Why: it stands on the audit log */
  reason: string;
}

/** Why. */
export interface hub__api__tag_models__RevokeRequest {
  /** Why it is done */
  reason: string;
}

/** Every route: what its path, query, header and body take, and what it answers. A key that is absent takes nothing. */
export interface Routes {
  /** Credentials. */
  "GET /access/credentials": {
    query: { text?: string; permit?: string; state?: "active" | "revoked" | "lost" | "replaced" | "suspended" | null; medium?: "card" | "plate" | "qr" | "pin" | "face" | null; name?: string; live?: boolean; after?: string; limit?: number };
    result: CredentialPage;
  };
  /** A credential is lost, revoked, suspended or resumed. */
  "POST /access/credentials/{id}/{deed}": {
    path: { id: string; deed: "lost" | "revoke" | "suspend" | "resume" };
    body: DeedBody;
    result: CredentialView;
  };
  /** End or take away a thing. */
  "POST /access/end/{kind}/{id}": {
    path: { kind: "household" | "holder" | "permit" | "group" | "zone" | "portal" | "schedule"; id: string };
    body: EndBody;
    result: Record<string, unknown>;
  };
  /** All permits in force as a file. */
  "GET /access/export": {
    result: Blob;
  };
  /** Make or change a group. */
  "PUT /access/groups/{id}": {
    path: { id: string };
    body: GroupBody;
    result: GroupView;
  };
  /** What became of a thing. */
  "GET /access/history/{kind}/{id}": {
    path: { kind: "household" | "holder" | "permit" | "credential" | "group" | "zone" | "portal" | "schedule"; id: string };
    result: HistoryView;
  };
  /** Holders of permits. */
  "GET /access/holders": {
    query: { text?: string; id?: string; kind?: "resident" | "staff" | "contractor" | "visitor" | "vehicle" | null; household?: string; live?: boolean; after?: string; limit?: number };
    result: HolderPage;
  };
  /** Make or change a holder. */
  "PUT /access/holders/{id}": {
    path: { id: string };
    body: HolderBody;
    result: HolderView;
  };
  /** Households. */
  "GET /access/households": {
    query: { text?: string; id?: string; live?: boolean; after?: string; limit?: number; reason?: string };
    result: HouseholdPage;
  };
  /** Make or change a household. */
  "PUT /access/households/{id}": {
    path: { id: string };
    body: HouseholdBody;
    result: HouseholdView;
  };
  /** Import permits from a file. */
  "POST /access/import": {
    query: { dry_run?: boolean; all_or_nothing?: boolean; reason?: string };
    body: Blob;
    result: ImportView;
  };
  /** Permits. */
  "GET /access/permits": {
    query: { text?: string; holder?: string; group?: string; live?: boolean; after?: string; limit?: number };
    result: PermitPage;
  };
  /** Make or change a permit. */
  "PUT /access/permits/{id}": {
    path: { id: string };
    body: PermitBody;
    result: PermitView;
  };
  /** Give a permit a credential. */
  "POST /access/permits/{id}/credentials": {
    path: { id: string };
    body: IssueBody;
    result: CredentialView;
  };
  /** Make or change a portal. */
  "PUT /access/portals/{id}": {
    path: { id: string };
    body: PortalBody;
    result: PortalView;
  };
  /** Another credential takes one's place. */
  "POST /access/replacements/{id}": {
    path: { id: string };
    body: ReplaceBody;
    result: CredentialView;
  };
  /** Groups, zones, portals and schedules. */
  "GET /access/rules": {
    result: RulesView;
  };
  /** Make or change a schedule. */
  "PUT /access/schedules/{id}": {
    path: { id: string };
    body: ScheduleBody;
    result: ScheduleView;
  };
  /** Which table of permits each agent holds. */
  "GET /access/tables": {
    result: TablesView;
  };
  /** An empty file for an import. */
  "GET /access/template": {
    result: Blob;
  };
  /** Make or change a zone. */
  "PUT /access/zones/{id}": {
    path: { id: string };
    body: ZoneBody;
    result: ZoneView;
  };
  /** All accounts. */
  "GET /accounts": {
    result: AccountList;
  };
  /** Make an account. */
  "POST /accounts": {
    body: NewAccount;
    result: AccountView;
  };
  /** Change an account. */
  "PATCH /accounts/{account}": {
    path: { account: string };
    body: AccountChange;
    result: AccountView;
  };
  /** Make a token for a program. */
  "POST /accounts/{account}/tokens": {
    path: { account: string };
    body: TokenRequest;
    result: NewToken;
  };
  /** All agents. */
  "GET /agents": {
    result: AgentList;
  };
  /** How agents are known. */
  "GET /agents/keys": {
    result: AgentKeyList;
  };
  /** Invite an agent. */
  "POST /agents/{agent}/enrolment": {
    path: { agent: string };
    result: AgentInvited;
  };
  /** An agent brings a segment that somebody looks at. */
  "POST /agents/{agent}/footage/{order}": {
    path: { agent: string; order: string };
    header: { "X-Watchkeeper-Mac": string };
    body: Blob;
    result: undefined;
  };
  /** An agent brings a picture that somebody looks at. */
  "POST /agents/{agent}/live/{order}/{age_ms}": {
    path: { agent: string; order: string; age_ms: number };
    header: { "X-Watchkeeper-Mac": string };
    body: Blob;
    result: undefined;
  };
  /** An agent fetches its table of permits. */
  "GET /agents/{agent}/permits/{epoch}/{no}/{part}": {
    path: { agent: string; epoch: string; no: number; part: number };
    header: { "X-Watchkeeper-Mac": string; "X-Watchkeeper-Site"?: string };
    result: Record<string, unknown>;
  };
  /** An agent brings a picture. */
  "POST /agents/{agent}/pictures/{picture}": {
    path: { agent: string; picture: string };
    header: { "X-Watchkeeper-Mac": string };
    body: Blob;
    result: PictureTaken;
  };
  /** Take an agent's keys away. */
  "POST /agents/{agent}/revoke": {
    path: { agent: string };
    body: RevokeAgentRequest;
    result: AgentRevoked;
  };
  /** The flood that lasts, and where the sound is off. */
  "GET /alarms": {
    result: AlarmState;
  };
  /** What a maintenance window can name. */
  "GET /alarms/detectors": {
    result: DetectorNames;
  };
  /** Floods, newest first. */
  "GET /alarms/floods": {
    query: { limit?: number };
    result: FloodList;
  };
  /** Figures of alarms, each with its definition. */
  "GET /alarms/kpi": {
    query: { from: string; to: string };
    result: KpiReport;
  };
  /** Maintenance windows. */
  "GET /alarms/maintenance": {
    query: { current?: boolean; limit?: number; offset?: number };
    result: MaintenanceList;
  };
  /** Hold back what maintenance brings. */
  "POST /alarms/maintenance": {
    body: MaintenanceRequest;
    result: MaintenanceView;
  };
  /** End a maintenance window early. */
  "POST /alarms/maintenance/{window}/end": {
    path: { window: string };
    result: MaintenanceView;
  };
  /** Silence the sound for a minute. */
  "POST /alarms/silence": {
    body: SilenceRequest;
    result: SilenceView;
  };
  /** The audit log, newest first. */
  "GET /audit": {
    query: { actor?: string; subject?: string; act?: string; from?: string | null; to?: string | null; before?: number | null; limit?: number };
    result: AuditList;
  };
  /** The newest signed heads. */
  "GET /audit/heads": {
    query: { limit?: number };
    result: AuditHeadList;
  };
  /** Erase a person from the audit log. */
  "POST /audit/people/{person}/erase": {
    path: { person: string };
    body: EraseRequest;
    result: Erased;
  };
  /** One entry of the audit log. */
  "GET /audit/{no}": {
    path: { no: number };
    result: AuditEntry;
  };
  /** Calls, newest first. */
  "GET /calls": {
    query: { source?: "declared" | "exchange" | null; direction?: "in" | "out" | null; from?: string | null; to?: string | null; limit?: number; offset?: number };
    result: CallList;
  };
  /** Enter a call. */
  "POST /calls": {
    body: CallRequest;
    result: CallView;
  };
  /** The exchange tells of a call. */
  "POST /calls/exchange": {
    body: ExchangeEvent;
    result: CallView;
  };
  /** One call with its whole number. */
  "GET /calls/{call}": {
    path: { call: string };
    result: CallView;
  };
  /** Say what a call was about. */
  "POST /calls/{call}/notes": {
    path: { call: string };
    body: CallNotes;
    result: CallView;
  };
  /** What a camera shows just now. */
  "GET /cameras/{device}/picture": {
    path: { device: string };
    header: { "if-none-match"?: string };
    result: Blob;
  };
  /** The last commands. */
  "GET /commands": {
    query: { limit?: number; offset?: number; device?: string };
    result: CommandList;
  };
  /** What became of a command. */
  "GET /commands/{command}": {
    path: { command: string };
    result: Command;
  };
  /** What could not be delivered, newest first. */
  "GET /dead-letters": {
    query: { limit?: number; offset?: number };
    result: DeadLetterPage;
  };
  /** Deliver a dead letter once more. */
  "POST /dead-letters/{reader}/{pos}/retry": {
    path: { reader: string; pos: number };
    result: Resent;
  };
  /** Deliveries, newest first. */
  "GET /deliveries": {
    query: { state?: "" | "dropped" | "carried" | "collected" | "returned"; room?: string; limit?: number; offset?: number };
    result: DeliveryList;
  };
  /** A courier leaves goods. */
  "POST /deliveries": {
    body: DropRequest;
    result: DeliveryDone;
  };
  /** One delivery with its history. */
  "GET /deliveries/{delivery}": {
    path: { delivery: string };
    result: DeliveryPage;
  };
  /** Do something with a delivery. */
  "POST /deliveries/{delivery}/deeds/{deed}": {
    path: { delivery: string; deed: "tell" | "ask" | "agree" | "decline" | "carry" | "collect" | "return" };
    body: DeedRequest;
    result: DeliveryDone;
  };
  /** All devices. */
  "GET /devices": {
    query: { kind?: string; place?: string; agent?: string };
    result: DeviceList;
  };
  /** One device and its newest events. */
  "GET /devices/{device}": {
    path: { device: string };
    query: { limit?: number };
    result: DeviceDetail;
  };
  /** Have a device do something. */
  "POST /devices/{device}/commands": {
    path: { device: string };
    body: CommandRequest;
    result: Command;
  };
  /** Have a camera take a picture. */
  "POST /devices/{device}/snapshots": {
    path: { device: string };
    result: SnapshotOrdered;
  };
  /** The duties of the policy and their routes. */
  "GET /duties": {
    result: DutyList;
  };
  /** Evidence, newest first. */
  "GET /duties/scans": {
    query: { place?: string; person?: string; source?: string; flag?: "unknown_tag" | "revoked_tag" | "out_of_order" | "too_fast" | "wrong_person" | "two_places" | "weak_medium" | "clock_off" | "from_the_future" | "too_late" | "altered" | "unknown_person" | "time_unproven" | null; from?: string | null; to?: string | null; cursor?: string | null; limit?: number };
    result: ScanPage;
  };
  /** Windows, newest first. */
  "GET /duties/windows": {
    query: { state?: ("open" | "kept" | "unproven" | "missed" | "withdrawn")[] | null; duty?: string; route?: string; place?: string; person?: string; from?: string | null; to?: string | null; only?: "now" | "next" | null; cursor?: string | null; limit?: number };
    result: WindowPage;
  };
  /** One window, and why it is what it is. */
  "GET /duties/windows/{window}": {
    path: { window: string };
    result: WindowDetail;
  };
  /** 查岗: the windows of the posts, with their countdown. */
  "GET /duty/check-in": {
    result: CheckInState;
  };
  /** Answer 查岗. */
  "POST /duty/check-in": {
    body: CheckInRequest;
    result: Taken;
  };
  /** Figures of the desk. */
  "GET /duty/kpi": {
    query: { from: string; to: string };
    result: DeskKpi;
  };
  /** The records of a day. */
  "GET /duty/records": {
    query: { day?: string | null; duty?: string };
    result: RecordList;
  };
  /** Write a record. */
  "POST /duty/records": {
    body: RecordRequest;
    result: Taken;
  };
  /** What a record would be of now. */
  "GET /duty/records/draft": {
    query: { place: string };
    result: RecordDraft;
  };
  /** An agent enrols. */
  "POST /enrol": {
    body: EnrolAgentRequest;
    result: AgentEnrolled;
  };
  /** The estate in force. */
  "GET /estate": {
    result: EstateView;
  };
  /** Put an estate in force. */
  "PUT /estate": {
    body: EstatePut;
    result: EstateOutcome;
  };
  /** What an estate would change. */
  "POST /estate/check": {
    body: EstateCheck;
    result: EstateOutcome;
  };
  /** Remove a floor's drawing. */
  "DELETE /estate/drawings/{floor}": {
    path: { floor: string };
    result: DrawingInfo;
  };
  /** A floor's drawing. */
  "GET /estate/drawings/{floor}": {
    path: { floor: string };
    result: Blob;
  };
  /** Upload a floor's drawing. */
  "PUT /estate/drawings/{floor}": {
    path: { floor: string };
    body: Blob;
    result: DrawingTaken;
  };
  /** The estate, or a table of it, as a file. */
  "GET /estate/export": {
    query: { kind?: "devices" | "places" | "staff" | "routes" | "phones" | ""; format?: "csv" | "yaml" };
    result: Blob;
  };
  /** Import a table. */
  "POST /estate/import": {
    query: { kind: "devices" | "places" | "staff" | "routes" | "phones" | "estate"; apply?: boolean; replace?: boolean; seen?: number | null; reason?: string };
    body: Blob;
    result: EstateOutcome;
  };
  /** Who changed the estate when. */
  "GET /estate/versions": {
    query: { limit?: number; before?: number | null };
    result: VersionList;
  };
  /** One version. */
  "GET /estate/versions/{version}": {
    path: { version: number };
    result: VersionView;
  };
  /** Put an older version in force again. */
  "POST /estate/versions/{version}/restore": {
    path: { version: number };
    body: RestoreRequest;
    result: EstateOutcome;
  };
  /** A device's events, newest first. */
  "GET /events": {
    query: { device: string; kind?: string; since?: string | null; until?: string | null; cursor?: string | null; limit?: number };
    result: EventPage;
  };
  /** The cameras, and what is recorded of them. */
  "GET /footage/cameras": {
    result: FootageCameras;
  };
  /** Footage may be kept for fewer days. */
  "POST /footage/days/confirm": {
    body: Because;
    result: Confirmed;
  };
  /** An archive's bytes. */
  "GET /footage/downloads/{token}": {
    path: { token: string };
    header: { Range?: string };
    result: Blob;
  };
  /** The archives that were made. */
  "GET /footage/exports": {
    query: { limit?: number };
    result: ExportList;
  };
  /** Have an archive made. */
  "POST /footage/exports": {
    body: ExportRequest;
    result: ExportView;
  };
  /** How far an archive is. */
  "GET /footage/exports/{export}": {
    path: { export: string };
    result: ExportView;
  };
  /** An archive is not wanted any more. */
  "POST /footage/exports/{export}/cancel": {
    path: { export: string };
    result: ExportView;
  };
  /** Take an archive. */
  "POST /footage/exports/{export}/download": {
    path: { export: string };
    body: DownloadRequest;
    result: DownloadOpened;
  };
  /** What is held past its day. */
  "GET /footage/holds": {
    query: { over?: boolean; limit?: number };
    result: HoldList;
  };
  /** Hold footage past its day. */
  "POST /footage/holds": {
    body: HoldRequest;
    result: HoldAnswer;
  };
  /** Lift a hold. */
  "POST /footage/holds/{hold}/release": {
    path: { hold: string };
    body: Because;
    result: HoldView;
  };
  /** Look no more. */
  "DELETE /footage/play/{token}": {
    path: { token: string };
    result: undefined;
  };
  /** A camera's HLS playlist. */
  "GET /footage/play/{token}/{camera}.m3u8": {
    path: { token: string; camera: string };
    query: { stream?: "main" | "sub" };
    result: Blob;
  };
  /** A header or an entry of a playlist. */
  "GET /footage/play/{token}/{camera}/{stream}/{name}": {
    path: { token: string; camera: string; stream: string; name: string };
    header: { Range?: string };
    result: Blob;
  };
  /** The calendar of owed days. */
  "GET /footage/proof": {
    query: { month: string; camera?: string; stream?: "main" | "sub" };
    result: Proof;
  };
  /** Who looked at footage. */
  "GET /footage/register": {
    query: { actor?: string; kind?: "view" | "export" | "download" | null; camera?: string; incident?: number | null; from?: string | null; to?: string | null; cursor?: string | null; limit?: number };
    result: Register;
  };
  /** The register as CSV. */
  "GET /footage/register.csv": {
    query: { actor?: string; kind?: "view" | "export" | "download" | null; camera?: string; incident?: number | null; from?: string | null; to?: string | null };
    result: undefined;
  };
  /** How the sweep of footage is. */
  "GET /footage/sweep": {
    result: SweepView;
  };
  /** A halted sweep may go on. */
  "POST /footage/sweep/confirm": {
    body: Because;
    result: Confirmed;
  };
  /** Look at footage. */
  "POST /footage/views": {
    body: ViewRequest;
    result: ViewOpened;
  };
  /** A camera's month, day by day. */
  "GET /footage/{device}/calendar": {
    path: { device: string };
    query: { month: string; stream?: "main" | "sub" };
    result: Calendar;
  };
  /** What footage shows of a time. */
  "GET /footage/{device}/coverage": {
    path: { device: string };
    query: { from: string; to: string; stream?: "main" | "sub" };
    result: Coverage;
  };
  /** A camera's local day. */
  "GET /footage/{device}/day/{day}": {
    path: { device: string; day: string };
    query: { stream?: "main" | "sub" };
    result: Coverage;
  };
  /** How the gates stand. */
  "GET /gates": {
    result: GateList;
  };
  /** Handovers, newest first. */
  "GET /handovers": {
    query: { state?: "draft" | "completed" | "cancelled" | null; limit?: number; offset?: number };
    result: HandoverList;
  };
  /** Begin to hand over. */
  "POST /handovers": {
    body: HandoverRequest;
    result: HandoverDetail;
  };
  /** One handover and its list. */
  "GET /handovers/{handover}": {
    path: { handover: string };
    result: HandoverDetail;
  };
  /** Give a handover up. */
  "POST /handovers/{handover}/cancel": {
    path: { handover: string };
    result: HandoverDetail;
  };
  /** Accept an item. */
  "POST /handovers/{handover}/items/{item}/accept": {
    path: { handover: string; item: string };
    body: AcceptRequest;
    result: HandoverItemView;
  };
  /** Do not accept an item. */
  "POST /handovers/{handover}/items/{item}/reject": {
    path: { handover: string; item: string };
    body: RejectRequest;
    result: HandoverItemView;
  };
  /** Take over. */
  "POST /handovers/{handover}/join": {
    path: { handover: string };
    body: hub__api__handover_models__SignRequest;
    result: HandoverDetail;
  };
  /** Sign. */
  "POST /handovers/{handover}/sign": {
    path: { handover: string };
    body: hub__api__handover_models__SignRequest;
    result: HandoverDetail;
  };
  /** Whether the hub does its work. */
  "GET /healthz": {
    result: Health;
  };
  /** The incidents, newest first. */
  "GET /incidents": {
    query: { state?: ("live" | "open" | "acknowledged" | "shelved" | "held" | "closed" | "withdrawn")[] | null; priority?: number[] | null; detector?: string; device?: string; place?: string; since?: string | null; chattering?: boolean; cursor?: number | null; limit?: number };
    result: IncidentPage;
  };
  /** Report an incident. */
  "POST /incidents": {
    body: ReportRequest;
    result: Incident;
  };
  /** The same act on a selection. */
  "POST /incidents/acts/{act}": {
    path: { act: string };
    body: SelectionRequest;
    result: SelectionDone;
  };
  /** The live incidents in numbers. */
  "GET /incidents/summary": {
    result: Summary;
  };
  /** One incident with everything that belongs to it. */
  "GET /incidents/{no}": {
    path: { no: number };
    result: IncidentDetail;
  };
  /** Acknowledge, dispatch, shelve, close…: one act. */
  "POST /incidents/{no}/acts/{act}": {
    path: { no: number; act: string };
    body: ActRequest;
    result: Incident;
  };
  /** Send a guard by the app. */
  "POST /incidents/{no}/dispatch": {
    path: { no: number };
    body: DispatchRequest;
    result: Incident;
  };
  /** Who might be sent, the nearest first. */
  "GET /incidents/{no}/guards": {
    path: { no: number };
    result: GuardList;
  };
  /** The plan that was started for an incident. */
  "GET /incidents/{no}/plan": {
    path: { no: number };
    result: RunView;
  };
  /** Start a plan for an incident. */
  "POST /incidents/{no}/plan": {
    path: { no: number };
    body: PlanStartRequest;
    result: RunView;
  };
  /** Publish the notice to residents. */
  "POST /incidents/{no}/plan/notice": {
    path: { no: number };
    body: hub__api__plan_models__SignRequest;
    result: RunView;
  };
  /** Write the notice to residents. */
  "PUT /incidents/{no}/plan/notice": {
    path: { no: number };
    body: NoticeRequest;
    result: RunView;
  };
  /** Write the review. */
  "PUT /incidents/{no}/plan/review": {
    path: { no: number };
    body: ReviewRequest;
    result: RunView;
  };
  /** Approve the review. */
  "POST /incidents/{no}/plan/review/approve": {
    path: { no: number };
    body: hub__api__plan_models__SignRequest;
    result: RunView;
  };
  /** Tick a step. */
  "POST /incidents/{no}/plan/steps/{step}": {
    path: { no: number; step: string };
    body: StepRequest;
    result: RunView;
  };
  /** Record who was told. */
  "POST /incidents/{no}/plan/told": {
    path: { no: number };
    body: ToldRequest;
    result: RunView;
  };
  /** The register. */
  "GET /keys": {
    query: { state?: "in" | "out" | "broken" | "lost" | null; kind?: "key" | "radio" | "torch" | "baton" | "recorder" | "other" | null; place?: string; holder?: string; limit?: number; offset?: number };
    result: KeyList;
  };
  /** Add an item to the register. */
  "POST /keys": {
    body: NewKey;
    result: KeyView;
  };
  /** One item and its history. */
  "GET /keys/{key}": {
    path: { key: string };
    result: KeyDetail;
  };
  /** Somebody takes an item. */
  "POST /keys/{key}/issue": {
    path: { key: string };
    body: IssueRequest;
    result: KeyView;
  };
  /** An item is broken, lost, or fit again. */
  "POST /keys/{key}/mark": {
    path: { key: string };
    body: ConditionRequest;
    result: KeyView;
  };
  /** An item is back. */
  "POST /keys/{key}/return": {
    path: { key: string };
    body: ConditionRequest;
    result: KeyView;
  };
  /** Who one is. */
  "GET /me": {
    result: Me;
  };
  /** Change one's own password. */
  "POST /me/password": {
    body: PasswordRequest;
    result: Ended;
  };
  /** Counters for Prometheus. */
  "GET /metrics": {
    result: undefined;
  };
  /** What was announced. */
  "GET /occasions": {
    query: { limit?: number; offset?: number };
    result: OccasionList;
  };
  /** Announce an occasion, or change one. */
  "POST /occasions": {
    body: OccasionRequest;
    result: OccasionDone;
  };
  /** Call an occasion off. */
  "DELETE /occasions/{occasion}": {
    path: { occasion: string };
    result: OccasionDone;
  };
  /** Go to the provider to sign in. */
  "GET /oidc/begin": {
    result: undefined;
  };
  /** Come back from the provider. */
  "GET /oidc/callback": {
    query: { state?: string; code?: string };
    result: undefined;
  };
  /** The last passages. */
  "GET /passages": {
    query: { gate?: string; granted?: boolean | null; cursor?: string | null; limit?: number };
    result: PassageList;
  };
  /** Look for a plate, a right or a person. */
  "POST /passages/search": {
    body: PassageSearch;
    result: PassageList;
  };
  /** The guard gives the phone back. */
  "POST /phone/leave": {
    result: Ended;
  };
  /** Begin an upload. */
  "POST /phone/media": {
    body: MediaRequest;
    result: MediaState;
  };
  /** How much of an upload has come. */
  "GET /phone/media/{media_name}": {
    path: { media_name: string };
    result: MediaState;
  };
  /** Send a piece of an upload. */
  "PATCH /phone/media/{media_name}": {
    path: { media_name: string };
    header: { "Upload-Offset": number };
    body: Blob;
    result: MediaState;
  };
  /** A guard's phone sends what it has. */
  "POST /phone/outbox": {
    body: OutboxRequest;
    result: OutboxTakenView;
  };
  /** Have no more pushes sent to this phone. */
  "DELETE /phone/push": {
    result: PushState;
  };
  /** Have pushes sent to this phone. */
  "PUT /phone/push": {
    body: PushRequest;
    result: PushState;
  };
  /** What to subscribe to pushes with. */
  "GET /phone/push-key": {
    result: PushKey;
  };
  /** What of this guard's was not taken. */
  "GET /phone/refused": {
    result: RefusedList;
  };
  /** What this guard's shift needs. */
  "GET /phone/shift": {
    result: PhoneShift;
  };
  /** Which guards have bound which phones. */
  "GET /phones": {
    result: BindingList;
  };
  /** A guard binds the phone in hand. */
  "POST /phones/{phone}/bind": {
    path: { phone: string };
    result: Bound;
  };
  /** End a guard's token on a phone, or the phone's all. */
  "POST /phones/{phone}/revoke": {
    path: { phone: string };
    body: PhoneRevokeRequest;
    result: EndedBindings;
  };
  /** A picture. */
  "GET /pictures/{picture}": {
    path: { picture: string };
    result: Blob;
  };
  /** What places are called. */
  "GET /places": {
    result: PlaceNames;
  };
  /** Plans that were started, newest first. */
  "GET /plan-runs": {
    query: { open?: "running" | "review" | "notice" | null; no?: number | null; cursor?: number | null; limit?: number };
    result: RunList;
  };
  /** The emergency plans in force. */
  "GET /plans": {
    result: PlanList;
  };
  /** An emergency plan, with its versions. */
  "GET /plans/{plan}": {
    path: { plan: string };
    result: PlanDetail;
  };
  /** Write or edit an emergency plan. */
  "PUT /plans/{plan}": {
    path: { plan: string };
    body: PlanRequest;
    result: PlanView;
  };
  /** The policy in force. */
  "GET /policy": {
    result: PolicyView;
  };
  /** How many are in. */
  "GET /presence": {
    result: PresenceCounts;
  };
  /** Say where somebody really is. */
  "POST /presence/correct": {
    body: PresenceCorrection;
    result: PresenceView;
  };
  /** Who is in. */
  "POST /presence/search": {
    body: PresenceSearch;
    result: PresenceList;
  };
  /** Records that were put aside, newest first. */
  "GET /quarantine": {
    query: { limit?: number; offset?: number };
    result: QuarantinePage;
  };
  /** A day's openings, and what explains each. */
  "GET /reconciliation": {
    query: { day?: string | null };
    result: Reconciliation;
  };
  /** How duties were kept. */
  "GET /reports/compliance": {
    query: { from: string; to: string; by?: "place" | "route" | "hour" | "person" | "duty"; duty?: string[] | null };
    result: ComplianceReport;
  };
  /** How duties were kept, by hour and weekday or by place and day. */
  "GET /reports/heatmap": {
    query: { from: string; to: string; by?: "hour" | "place"; route?: string[] | null; duty?: string[] | null; limit?: number };
    result: HeatReport;
  };
  /** The same for a spreadsheet. */
  "GET /reports/heatmap.csv": {
    query: { from: string; to: string; by?: "hour" | "place"; route?: string[] | null; duty?: string[] | null; limit?: number; lang?: "zh" | "en" | "both" };
    result: Blob;
  };
  /** The record of a day's patrols, for a spreadsheet. */
  "GET /reports/patrol/{day}.csv": {
    path: { day: string };
    query: { lang?: "zh" | "en" | "both"; route?: string[] | null };
    result: Blob;
  };
  /** The record of a day's patrols, to sign. */
  "GET /reports/patrol/{day}.pdf": {
    path: { day: string };
    query: { lang?: "zh" | "en" | "both"; route?: string[] | null };
    result: Blob;
  };
  /** The places that stayed unvisited for longest. */
  "GET /reports/unvisited": {
    query: { from: string; to: string; duty?: string[] | null; limit?: number };
    result: UnvisitedReport;
  };
  /** Take a visit back. */
  "POST /resident-links/cancel": {
    body: OwnVisitRequest;
    result: OwnPage;
  };
  /** A visitor's code. */
  "POST /resident-links/pass": {
    body: OwnVisitRequest;
    result: undefined;
  };
  /** Register a visitor. */
  "POST /resident-links/register": {
    body: InviteRequest;
    result: OwnPage;
  };
  /** What a resident may register, and has registered. */
  "POST /resident-links/show": {
    body: OwnLinkRequest;
    result: OwnPage;
  };
  /** A resident's own link. */
  "GET /residents/{person}/link": {
    path: { person: string };
    result: ResidentLinkView;
  };
  /** Send a resident their own link. */
  "POST /residents/{person}/link": {
    path: { person: string };
    result: ResidentLinkView;
  };
  /** Withdraw a resident's own link. */
  "POST /residents/{person}/link/revoke": {
    path: { person: string };
    body: hub__api__resident_models__RevokeRequest;
    result: ResidentLinkView;
  };
  /** Take a shift off the roster. */
  "DELETE /roster": {
    query: { person: string; from: string; route?: string };
    result: Removed;
  };
  /** Who is on duty. */
  "GET /roster": {
    query: { person?: string; route?: string; from?: string | null; to?: string | null; limit?: number; offset?: number };
    result: ShiftList;
  };
  /** Put a shift on the roster. */
  "POST /roster": {
    body: ShiftRequest;
    result: ShiftView;
  };
  /** Who can be put on the roster. */
  "GET /roster/staff": {
    result: StaffList;
  };
  /** A phone reports what it has. */
  "POST /scans": {
    body: ScansRequest;
    result: ScansTaken;
  };
  /** Sign-ins that last, and tokens. */
  "GET /sessions": {
    query: { account?: string };
    result: SessionList;
  };
  /** End a session or a token. */
  "DELETE /sessions/{session}": {
    path: { session: string };
    result: Ended;
  };
  /** How one may sign in. */
  "GET /sign-in": {
    result: SignInWays;
  };
  /** Sign in. */
  "POST /sign-in": {
    body: SignInRequest;
    result: Me;
  };
  /** Sign out. */
  "POST /sign-out": {
    result: Ended;
  };
  /** What was enrolled, newest first. */
  "GET /tags": {
    query: { tag?: string; place?: string; person?: string; current?: boolean; limit?: number; offset?: number };
    result: TagList;
  };
  /** Enrol a tag. */
  "POST /tags": {
    body: EnrolRequest;
    result: Enrolled;
  };
  /** Labels to print. */
  "GET /tags/sheet.pdf": {
    query: { place?: string[] | null };
    result: Blob;
  };
  /** Put another tag where this one is. */
  "POST /tags/{tag}/replace": {
    path: { tag: string };
    body: ReplaceRequest;
    result: Replaced;
  };
  /** End a tag. */
  "POST /tags/{tag}/revoke": {
    path: { tag: string };
    body: hub__api__tag_models__RevokeRequest;
    result: TagRow;
  };
  /** The kinds of visits. */
  "GET /visit-kinds": {
    result: VisitKindList;
  };
  /** Answer by a link. */
  "POST /visit-links/answer": {
    body: LinkAnswerRequest;
    result: LinkView;
  };
  /** The resident's own link behind an answer. */
  "POST /visit-links/own": {
    body: LinkRequest;
    result: OwnToken;
  };
  /** The visitor's code. */
  "POST /visit-links/pass": {
    body: LinkRequest;
    result: undefined;
  };
  /** What a link asks. */
  "POST /visit-links/show": {
    body: LinkRequest;
    result: LinkView;
  };
  /** Visitors' routes. */
  "GET /visit-routes": {
    result: VisitRouteList;
  };
  /** Take a visitors' route away. */
  "DELETE /visit-routes/{route}": {
    path: { route: string };
    result: VisitRouteList;
  };
  /** Set a visitors' route up. */
  "PUT /visit-routes/{route}": {
    path: { route: string };
    body: VisitRouteRequest;
    result: VisitRouteList;
  };
  /** The rules that a truck's driver is told. */
  "GET /visit-rules": {
    result: TruckRulesPage;
  };
  /** Change the rules. */
  "PUT /visit-rules": {
    body: TruckRulesBody;
    result: TruckRulesPage;
  };
  /** Parking spaces for visitors. */
  "GET /visit-spaces": {
    result: SpaceList;
  };
  /** Take a parking space away. */
  "DELETE /visit-spaces/{space}": {
    path: { space: string };
    result: SpaceList;
  };
  /** Set a parking space up. */
  "PUT /visit-spaces/{space}": {
    path: { space: string };
    body: SpaceRequest;
    result: SpaceList;
  };
  /** Visits, newest first. */
  "GET /visits": {
    query: { view?: "today" | "waiting" | "inside" | "overstays" | "all"; kind?: "visitor" | "vehicle" | "temporary" | "truck" | null; room?: string; limit?: number; offset?: number };
    result: VisitList;
  };
  /** Register a visit. */
  "POST /visits": {
    body: VisitRequest;
    result: VisitView;
  };
  /** The visits of some days as CSV. */
  "GET /visits/export.csv": {
    query: { from: string; to: string };
    result: undefined;
  };
  /** Residents who were told, or could not be. */
  "GET /visits/notices": {
    query: { state?: "waiting" | "sent" | "failed"; limit?: number };
    result: ResidentNoticeList;
  };
  /** Look for a visitor. */
  "POST /visits/search": {
    body: VisitSearch;
    result: VisitList;
  };
  /** One visit with its history. */
  "GET /visits/{visit}": {
    path: { visit: string };
    result: VisitPage;
  };
  /** Do something with a visit. */
  "POST /visits/{visit}/acts/{act}": {
    path: { visit: string; act: "admit" | "enter" | "force" | "leave" | "extend" | "cancel" | "close" | "tell" | "space" };
    body: VisitActRequest;
    result: VisitView;
  };
  /** Ask the resident. */
  "POST /visits/{visit}/ask": {
    path: { visit: string };
    result: AskedView;
  };
  /** Enter a call with the resident. */
  "POST /visits/{visit}/call": {
    path: { visit: string };
    body: ResidentCall;
    result: VisitView;
  };
  /** The pass as a QR code. */
  "GET /visits/{visit}/pass.{form}": {
    path: { visit: string; form: "svg" | "png" };
    result: undefined;
  };
  /** See what is personal whole. */
  "POST /visits/{visit}/unmask": {
    path: { visit: string };
    body: UnmaskRequest;
    result: Unmasked;
  };
  /** The watch list. */
  "GET /watch-list": {
    query: { ended?: boolean; limit?: number };
    result: WatchList;
  };
  /** Look for a plate. */
  "POST /watch-list": {
    body: WatchRequest;
    result: WatchView;
  };
  /** Look for it no more. */
  "POST /watch-list/{watch}/end": {
    path: { watch: string };
    body: WatchEndRequest;
    result: WatchView;
  };
}
