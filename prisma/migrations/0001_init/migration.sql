-- Written by the api: parties, commands and what people decide.
-- Times are UTC; legal days are JST dates. Units and yen are bigint: an issue is capped at 2^63-1 units (ADR 0003).
-- A word is checked by its length and a pattern without a count: `{64}` would take PostgreSQL eight times as long a check.
-- `not enforced`: a reference of a row that each order writes. The writer takes the id from a row that it has read or writes
-- with it, and nobody may delete there; the checks were a fifth of what storing and settling an order cost. That of a
-- command to its lane is checked: a command of no lane would wait for ever.

create table party (
  id text primary key,
  kind text not null check (kind in ('issuer', 'trustee', 'broker', 'settlement-agent', 'compliance', 'auditor', 'venue', 'investor',
    'operator')),
  name text not null,
  signer text unique check (length(signer) = 42 and signer ~ '^0x[0-9a-f]*$'),
  custodian_id integer unique check (custodian_id > 0),
  issuer_role bigint unique check (issuer_role >= 1000),
  person_id text unique, -- whom an investor's party acts for; references investor
  created_at timestamptz not null,
  check ((kind = 'investor') = (person_id is not null)),
  check ((kind = 'broker') = (custodian_id is not null)),
  check ((kind = 'issuer') = (issuer_role is not null))
);

create table api_key (
  id text primary key,
  party_id text not null references party,
  role text not null check (role in ('issuer', 'trustee', 'broker', 'settlement-agent', 'compliance', 'auditor', 'venue', 'investor',
    'operator')),
  subject text not null, -- the person or machine that acts; maker and checker are compared by it
  prefix text not null unique,
  hash text not null unique,
  scopes text[] not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  made_by text, -- the person whose key made it: it counts as his until it is confirmed; null for a party's first key
  waits boolean not null default false, -- it works only once it is confirmed, by another than who made it
  confirmed_at timestamptz
);
create index api_key_party on api_key (party_id);
create index api_key_subject on api_key (subject);

create table issue (
  id text primary key,
  ref text not null unique check (length(ref) = 66 and ref ~ '^0x[0-9a-f]*$'),
  issuer_id text not null references party,
  trustee_id text not null references party,
  profile text not null check (profile in ('TRUST_BENEFICIAL', 'BOND')),
  name text not null,
  symbol text not null,
  terms jsonb not null, -- the statutory items of the profile
  terms_hash text not null check (length(terms_hash) = 66 and terms_hash ~ '^0x[0-9a-f]*$'),
  certificateless boolean not null check (certificateless), -- Trust Act 185(2), (3): fixed at issue
  total_units bigint not null check (total_units > 0),
  unit_price_yen bigint not null check (unit_price_yen > 0),
  min_units bigint not null check (min_units > 0),
  lot bigint not null check (lot > 0),
  policy text not null check (length(policy) = 66 and policy ~ '^0x[0-9a-f]*$'),
  succession_keeps_dates boolean not null default true,
  state text not null check (state in ('draft', 'approved', 'active', 'rejected', 'closed')),
  maker text not null,
  checker text,
  reason text,
  token text unique check (length(token) = 42 and token ~ '^0x[0-9a-f]*$'),
  code_hash text,
  deployed_block bigint,
  created_at timestamptz not null,
  decided_at timestamptz,
  check (checker is distinct from maker), -- four eyes
  check ((state = 'active') <= (token is not null and code_hash is not null and deployed_block is not null))
);
create index issue_issuer on issue (issuer_id);
create index issue_trustee on issue (trustee_id);

create table operation (
  id text primary key,
  ref text not null unique check (length(ref) = 66 and ref ~ '^0x[0-9a-f]*$'),
  party_id text not null references party not enforced,
  kind text not null,
  -- 'queued' and 'sent' are read from its commands' transactions (ADR 0040).
  state text not null check (state in ('accepted', 'mined', 'entered', 'refused', 'failed')),
  code text, -- stable code of a refusal or failure
  issue_id text references issue not enforced,
  subject_id text, -- the issue, investor, wallet or transfer it is about
  maker text not null,
  checker text,
  rows integer not null check (rows >= 0),
  rows_entered integer not null default 0,
  rows_refused integer not null default 0,
  request_id text not null,
  traceparent text, -- W3C trace context of the request, where somebody traces
  accepted_at timestamptz not null,
  updated_at timestamptz not null,
  entered_at timestamptz,
  check (rows_entered + rows_refused <= rows),
  check ((state = 'entered') <= (rows_entered > 0 or rows = 0))
) with (fillfactor = 50); -- no index has what its one update changes, so that this stays on its page
create index operation_party on operation (party_id, id);
create index operation_subject on operation (subject_id, id);
-- Few: a root that the chain refused is tried again.
create index operation_anchor_refused on operation (issue_id) where kind = 'anchor.publish' and code is not null;

-- Legal acts: pledge, attachment, succession and the like. Names of persons stand in the vault and in the documents.
create table legal_case (
  id text primary key,
  ref text not null unique check (length(ref) = 66 and ref ~ '^0x[0-9a-f]*$'), -- also the id of the hold that it makes
  issue_id text not null references issue,
  kind text not null check (kind in ('PLEDGE', 'PLEDGE_CHANGE', 'PLEDGE_RELEASE', 'ATTACHMENT', 'ATTACHMENT_RELEASE',
    'SALE_ORDER', 'AUCTION', 'SUCCESSION', 'CORPORATE_SUCCESSION', 'RECOVERY', 'LOCKUP', 'LOCKUP_RELEASE', 'JUDGMENT',
    'EQUIVALENT_INSTRUMENT', 'JUDGMENT_RELEASE', 'TRUSTEE_ACQUISITION', 'TRUSTEE_DISPOSAL', 'TRUST_PROPERTY_MARK',
    'TRUST_PROPERTY_ERASURE', 'REPRESENTATION', 'CO_OWNERSHIP', 'UNITS_RECTIFICATION', 'DATES_RECTIFICATION',
    'PARTICULARS_RECTIFICATION', 'FREEZE', 'UNFREEZE')),
  basis smallint not null check (basis between 0 and 20),
  state text not null check (state in ('open', 'approved', 'entered', 'refused', 'withdrawn')),
  code text, -- why the chain refused it; an attachment is open again then
  party_id text not null references party, -- who filed it
  broker_ids text[] not null, -- who may read it besides the trustee, compliance and the auditor
  maker text not null,
  checker text,
  reason text, -- of its refusal
  facts jsonb not null,
  sealed bytea, -- facts with names, under the key of the person that they are about; then facts holds the rest
  result jsonb not null default '{}', -- what it came to, where that is not all that was asked
  documents jsonb not null, -- [{kind, name, sha256}]
  deadlines jsonb not null, -- [{name, article, due}]
  created_at timestamptz not null,
  decided_at timestamptz,
  check (checker is distinct from maker), -- four eyes
  check ((state = 'open') = (decided_at is null)),
  check ((state in ('approved', 'entered')) <= (checker is not null))
);
create index legal_case_issue on legal_case (issue_id, id);
-- Every order asks what was served on the trustee and is not entered yet: few rows, for a short time.
create index legal_case_served on legal_case (issue_id, (facts ->> 'account'))
  where kind = 'ATTACHMENT' and state in ('open', 'approved');

-- Requests to inspect a register (Trust Act 190(2), Companies Act 684(2)). Name and address of whoever asks stand
-- sealed, under a key of the request.
create table inspection (
  id text primary key,
  issue_id text not null references issue,
  person_id text check (length(person_id) = 26 and person_id ~ '^0x[0-9a-f]*$'), -- who asks, if it stands in the register
  requester bytea not null,
  requester_key bytea not null,
  requester_digest text not null check (length(requester_digest) = 64 and requester_digest ~ '^[0-9a-f]*$'), -- keyed: the same requester is known again
  capacity text not null,
  reason text not null, -- the law asks the requester to state it
  documents jsonb not null, -- [{name, sha256}]
  state text not null check (state in ('open', 'granted', 'refused')),
  ground text, -- of the refusal: one of those of the profile, and no other
  explanation text,
  maker text not null,
  checker text,
  -- The state of the register that is shown: the same bytes for ever.
  shown_seq bigint,
  shown_head text,
  shown_block bigint,
  shown_hash text,
  shown_time timestamptz,
  created_at timestamptz not null,
  decided_at timestamptz,
  check (checker is distinct from maker), -- four eyes
  check ((state = 'open') = (decided_at is null)),
  check ((state = 'refused') = (ground is not null)),
  check ((state = 'granted') = (shown_seq is not null and shown_block is not null))
);
create index inspection_issue on inspection (issue_id, id);
create index inspection_requester on inspection (requester_digest);

-- Opens names of an issue's holders to an auditor for a time: one person asks, another one opens it.
create table audit_view (
  id text primary key,
  issue_id text not null references issue,
  auditor_id text not null references party,
  reason text not null,
  until timestamptz not null,
  maker text not null,
  checker text,
  created_at timestamptz not null,
  opened_at timestamptz,
  ended_at timestamptz, -- before its time, or never opened
  check (checker is distinct from maker), -- four eyes
  check ((opened_at is null) = (checker is null)),
  check (until > created_at)
);
create index audit_view_issue on audit_view (issue_id, id);
create index audit_view_auditor on audit_view (auditor_id, issue_id);

-- What a requester was shown, by the hash of its bytes.
create table inspection_display (
  id bigint generated always as identity primary key,
  inspection_id text not null references inspection,
  after text not null, -- the account after which the page begins
  rows integer not null,
  bytes integer not null,
  sha256 text not null check (length(sha256) = 64 and sha256 ~ '^[0-9a-f]*$'),
  shown_by text not null,
  at timestamptz not null
);
create index inspection_display_inspection on inspection_display (inspection_id, id);

-- A requester told others for gain what it had been shown: the memory of Trust Act 190(3)(v), Companies Act 684(3)(iii).
create table inspection_disclosure (
  id bigint generated always as identity primary key,
  inspection_id text not null references inspection,
  disclosed_on date not null,
  evidence jsonb not null, -- {name, sha256}
  recorded_by text not null,
  at timestamptz not null
);
create index inspection_disclosure_inspection on inspection_disclosure (inspection_id, id);

-- One lane a signer, leased by one worker at a time; the fence makes a paused worker's late write fail.
create table lane (
  signer text primary key check (length(signer) = 42 and signer ~ '^0x[0-9a-f]*$'),
  next_nonce bigint not null default 0 check (next_nonce >= 0),
  fence bigint not null default 0,
  holder text,
  lease_until timestamptz,
  stopped_reason text,
  nonce_taken boolean not null default false, -- somebody else sends with this key: a break holds the lane until two persons have closed it
  check (nonce_taken <= (stopped_reason is not null))
);

-- Raw bytes and hash stand here before the first broadcast; a crash re-sends the same bytes.
create table chain_tx (
  id bigint generated always as identity primary key,
  signer text not null references lane,
  nonce bigint not null check (nonce >= 0),
  hash text not null unique check (length(hash) = 66 and hash ~ '^0x[0-9a-f]*$'),
  raw bytea not null,
  call text not null,
  state text not null check (state in ('stored', 'sent', 'mined', 'lost')), -- lost: another transaction has its nonce
  reverted boolean,
  block_number bigint,
  created_at timestamptz not null,
  sent_at timestamptz,
  unique (signer, nonce),
  check ((state = 'mined') = (block_number is not null))
);
create index chain_tx_open on chain_tx (signer, nonce) where state in ('stored', 'sent');
create index chain_tx_block on chain_tx (block_number);

-- The outbox: one row of a batch call each.
create table command (
  id bigint generated always as identity primary key,
  operation_id text not null references operation not enforced,
  row integer not null check (row >= 0),
  signer text not null references lane,
  call text not null,
  target text check (length(target) = 42 and target ~ '^0x[0-9a-f]*$'),
  ref text not null check (length(ref) = 66 and ref ~ '^0x[0-9a-f]*$'),
  args jsonb not null,
  priority smallint not null check (priority > 0), -- packages/chain/src/urgency.ts
  state text not null default 'queued' check (state in ('queued', 'taken', 'entered', 'refused', 'failed')),
  code smallint, -- refusal code of packages/domain/src/refusals.ts
  chain_tx_id bigint references chain_tx not enforced,
  tx_row integer,
  unique (operation_id, row),
  check ((state = 'taken') <= (chain_tx_id is not null and tx_row is not null))
);
-- What waits, by lane. No question that does not say `priority > 0` may take it: PostgreSQL, which may believe that hardly any
-- waits, would else read a whole lane for one account's commands (packages/database/src/outbox/waiting.ts).
create index command_queue on command (signer, priority, target, id) where state = 'queued' and priority > 0;
-- The order of each account's commands (ADR 0030): what acts on it, and what gives to it.
create index command_acts on command
  (coalesce(args->>'from', args->>'account', args->>'wallet', ref), target, signer, state, id) where state in ('queued', 'taken');
create index command_gives on command ((args->>'to'), target, signer, id)
  where state = 'queued' and args->>'to' is not null; -- nor this one, but for what gives
create index command_legal on command (id) where priority = 1 and state in ('queued', 'taken');
create index command_tx on command (chain_tx_id, tx_row) where chain_tx_id is not null;

create table idempotency (
  party_id text not null references party not enforced,
  key text not null,
  route text not null,
  body_hash text not null,
  status integer not null,
  body json not null, -- not jsonb: a repeat gets the same bytes
  location text,
  created_at timestamptz not null,
  primary key (party_id, key)
);
-- Only the sweeper reads it, by age; it must cost the writes next to nothing.
create index idempotency_age on idempotency using brin (created_at);

-- Audit rows carry their own digest; the sealer chains them in commit-safe order (ADR 0002).
create table audit_row (
  id bigint generated always as identity primary key,
  xid xid8 not null default pg_current_xact_id(),
  party_id text references party not enforced,
  actor text not null,
  action text not null,
  target text,
  outcome text not null check (outcome in ('done', 'denied', 'refused', 'read')),
  purpose text,
  detail jsonb not null default '{}',
  request_id text not null,
  at timestamptz not null,
  digest text not null check (length(digest) = 64 and digest ~ '^[0-9a-f]*$')
);
create index audit_row_order on audit_row (xid, id);
create table audit_seal (
  seq bigint primary key check (seq > 0),
  audit_id bigint not null unique references audit_row not enforced,
  hash text not null check (length(hash) = 64 and hash ~ '^[0-9a-f]*$')
);

create table investor (
  id text primary key,
  broker_id text not null references party,
  external_id text not null, -- the broker's own customer number
  person_id text not null unique check (length(person_id) = 26 and person_id ~ '^0x[0-9a-f]*$'),
  class_bits integer not null check (class_bits between 1 and 65535),
  country smallint not null check (country between 1 and 999), -- ISO 3166 numeric
  tax_category text not null,
  flags smallint not null default 0 check (flags between 0 and 255),
  valid_until timestamptz not null,
  created_at timestamptz not null,
  unique (broker_id, external_id)
);

alter table party add foreign key (person_id) references investor (person_id);

-- The vault: personal data, encrypted under a key of its subject. Destroying the key erases the subject.
create table vault_subject (
  person_id text primary key references investor (person_id),
  wrapped_key bytea, -- null once shredded
  created_at timestamptz not null
);
create table vault_particulars (
  person_id text not null references vault_subject,
  version integer not null check (version > 0),
  sealed bytea not null,
  commitment text not null unique check (length(commitment) = 66 and commitment ~ '^0x[0-9a-f]*$'),
  effective_on date not null,
  evidence_ref text not null,
  known_at timestamptz not null,
  operation_id text references operation,
  corrects integer check (corrects between 1 and version - 1), -- the version that was wrong from its own day on
  rights_rest boolean not null default false, -- co-owners who named nobody to exercise them (Trust Act 193)
  primary key (person_id, version)
);

-- A holder's tax status with the day from which it holds: a list of a past day names the one of then.
create table tax_status (
  person_id text not null references investor (person_id),
  effective_on date not null,
  known_at timestamptz not null,
  tax_category text not null,
  primary key (person_id, effective_on, known_at)
);

-- Certificates of entries (Trust Act 187, 202; Companies Act 682, 695). The signed text names a person: it stands sealed
-- under that person's key, and goes with it.
create table certificate (
  number text primary key,
  issue_id text not null references issue,
  side text not null check (side in ('HOLDER', 'PLEDGEE')),
  accounts text[] not null check (cardinality(accounts) > 0),
  -- Of everything that the person holds: an entry about any account of his supersedes it.
  whole_person boolean not null,
  person_id text not null references vault_subject,
  -- The state of the register that it certifies, and what would make it superseded.
  seq bigint not null,
  head text not null,
  block bigint not null,
  commitments text[] not null check (cardinality(commitments) = cardinality(accounts)), -- of the particulars it opens
  hold_ids text[] not null,
  sealed bytea not null,
  sha256 text not null check (length(sha256) = 64 and sha256 ~ '^[0-9a-f]*$'), -- of what was signed
  signers jsonb not null, -- [{partyId, name, kid, jwk}]: every trustee, or the issuer of a bond
  party_id text not null references party, -- who asked for it
  issued_at timestamptz not null
);
create index certificate_issue on certificate (issue_id, number);

create table wallet (
  address text primary key check (length(address) = 42 and address ~ '^0x[0-9a-f]*$'),
  investor_id text not null references investor,
  broker_id text not null references party,
  custody text not null check (custody in ('CUSTODIED', 'SELF')),
  state text not null check (state in ('pending', 'registered', 'refused')),
  created_at timestamptz not null
);
create index wallet_investor on wallet (investor_id);
create index wallet_broker on wallet (broker_id, address);

-- A wallet of an investor's own: its key has signed a challenge, then the trustee has it recorded without a custodian.
create table wallet_proof (
  id text primary key,
  investor_id text not null references investor,
  address text not null check (length(address) = 42 and address ~ '^0x[0-9a-f]*$'),
  challenge text not null unique check (length(challenge) = 66 and challenge ~ '^0x[0-9a-f]*$'), -- signed once
  deadline timestamptz not null,
  signature text,
  state text not null check (state in ('asked', 'proved', 'approved', 'refused')),
  party_id text not null references party, -- who asks: the investor, or the broker whose customer it is
  maker text not null,
  prover text,
  checker text,
  reason text, -- of its refusal
  created_at timestamptz not null,
  proved_at timestamptz,
  decided_at timestamptz,
  check ((proved_at is null) = (signature is null) and (proved_at is null) = (prover is null)),
  check (proved_at < deadline),
  check (checker is null or (checker <> maker and checker is distinct from prover)), -- four eyes
  check ((state in ('proved', 'approved')) <= (proved_at is not null)),
  check ((state in ('approved', 'refused')) = (decided_at is not null and checker is not null))
);
create index wallet_proof_investor on wallet_proof (investor_id, id);

-- A customer goes to another broker with all its accounts. Both brokers' consents stand on the chain.
create table custody_change (
  id text primary key,
  investor_id text not null references investor,
  from_broker_id text not null references party,
  to_broker_id text not null references party,
  accounts text[] not null check (cardinality(accounts) > 0),
  documents jsonb not null, -- [{name, sha256}]
  from_external_id text not null, -- the customer's number with the broker that it leaves
  to_external_id text,
  state text not null check (state in ('open', 'consented', 'approved', 'entered', 'refused', 'withdrawn')),
  code text, -- why the chain refused it
  maker text not null,
  acceptor text,
  checker text,
  reason text, -- of its refusal
  created_at timestamptz not null,
  consented_at timestamptz,
  decided_at timestamptz,
  check (from_broker_id <> to_broker_id),
  check (checker is null or (checker <> maker and checker is distinct from acceptor)), -- four eyes
  check ((state in ('consented', 'approved', 'entered')) <= (consented_at is not null and to_external_id is not null)),
  check ((state in ('approved', 'entered')) <= (checker is not null))
);
create unique index custody_change_open on custody_change (investor_id) where decided_at is null;
create index custody_change_approved on custody_change (investor_id) where state = 'approved';

create table transfer (
  id text primary key,
  ref text not null unique check (length(ref) = 66 and ref ~ '^0x[0-9a-f]*$'), -- also the hold's id on chain
  issue_id text not null references issue not enforced,
  from_account text not null,
  to_account text not null,
  units bigint not null check (units > 0),
  trade_date date not null,
  acquired_on date not null,
  settlement_date date not null,
  lot_acquired_on date,
  seller_broker text not null references party not enforced,
  buyer_broker text not null references party not enforced,
  state text not null check (state in ('requested', 'held', 'accepted', 'entered', 'rejected', 'cancelled', 'refused')),
  reason text,
  maker text not null,
  acceptor text,
  checker text,
  created_at timestamptz not null,
  check (checker is distinct from maker), -- four eyes
  check (settlement_date >= trade_date)
) with (fillfactor = 50); -- no index has its state, so that its update stays on its page
create index transfer_seller on transfer (seller_broker, id);
create index transfer_buyer on transfer (buyer_broker, id);
create index transfer_issue on transfer (issue_id, id);

-- Changes of an issue as a whole: redemption, policy, stop, terms, documents. One proposes, the trustee decides.
create table issue_change (
  id text primary key,
  ref text not null unique check (length(ref) = 66 and ref ~ '^0x[0-9a-f]*$'),
  issue_id text not null references issue,
  kind text not null check (kind in ('REDEMPTION', 'POLICY', 'RATIO', 'PAUSE', 'RESUME', 'TERMS', 'DOCUMENT', 'DOCUMENT_REMOVAL')),
  facts jsonb not null,
  reason text not null, -- why it is asked for
  state text not null check (state in ('open', 'approved', 'entered', 'refused', 'withdrawn')),
  code text, -- why the chain refused it
  party_id text not null references party, -- who proposes it
  maker text not null,
  checker text,
  refusal text, -- the trustee's words
  created_at timestamptz not null,
  decided_at timestamptz,
  check (checker is distinct from maker), -- four eyes
  check (kind = 'PAUSE' or (state in ('approved', 'entered')) <= (checker is not null)) -- a stop waits for nobody
);
create index issue_change_issue on issue_change (issue_id, id);

-- Delivery versus payment: what was agreed, by whom, and how far each leg has come on chain.
create table settlement (
  id text primary key,
  ref text not null unique check (length(ref) = 66 and ref ~ '^0x[0-9a-f]*$'),
  instruction_id text not null unique check (length(instruction_id) = 66 and instruction_id ~ '^0x[0-9a-f]*$'), -- on chain: exactly these terms
  trustee_id text not null references party,
  agent_id text references party, -- attests its bank transfers
  party_id text not null references party, -- who offers it
  trade_date date not null,
  settlement_date date not null,
  deadline timestamptz not null,
  state text not null check (state in ('open', 'settled', 'returned')),
  settled_block bigint,
  maker text not null,
  checker text,
  reason text, -- of its rejection
  created_at timestamptz not null,
  check (checker is distinct from maker), -- four eyes
  check (settlement_date >= trade_date),
  check ((state = 'settled') = (settled_block is not null))
);
create index settlement_trustee on settlement (trustee_id, id);
create index settlement_agent on settlement (agent_id, id);
create index settlement_state on settlement (state, id);
create table settlement_leg (
  settlement_id text not null references settlement,
  leg integer not null check (leg >= 0),
  kind text not null check (kind in ('UNITS', 'CASH', 'BANK')),
  issue_id text references issue,
  asset text not null,
  from_account text not null,
  to_account text not null,
  from_party text not null references party,
  to_party text not null references party,
  amount bigint not null check (amount > 0), -- units, or yen
  lot_acquired_on date,
  hold_id text unique, -- of units: the DvP hold
  state text not null check (state in ('pending', 'held', 'approved', 'paid', 'delivered', 'returned', 'refused')),
  evidence text, -- SHA-256 of what the settlement agent saw
  paid_block bigint,
  returned_block bigint,
  primary key (settlement_id, leg),
  check ((kind = 'UNITS') = (issue_id is not null and hold_id is not null))
);
-- Brokers that give or receive in it. Each agrees for its side: the halves of a joint request (Trust Act 198(2)).
create table settlement_side (
  settlement_id text not null references settlement,
  party_id text not null references party,
  acceptor text,
  accepted_at timestamptz,
  primary key (settlement_id, party_id),
  check ((acceptor is null) = (accepted_at is null))
);
create index settlement_side_party on settlement_side (party_id, settlement_id);

create table record_date (
  id text primary key,
  issue_id text not null references issue,
  day date not null,
  closes_at timestamptz not null, -- 24:00 JST of that day
  purpose text not null,
  exercise_until date, -- Trust Act 189(3)
  notice_on date, -- Trust Act 189(4)
  deed_clause_ref text,
  deed jsonb, -- what the terms had instead of the law's periods when it was set: Trust Act 189(5)
  maker text not null,
  created_at timestamptz not null,
  unique (issue_id, day, purpose)
);

-- Books of the register that a party takes away. The content is not stored: it is made again from the register as of
-- `seq`, and must have these bytes. What was erased meanwhile can so not be had from an old export.
create table register_export (
  id text primary key,
  issue_id text not null references issue,
  kind text not null check (kind in ('REGISTER', 'ENTRIES', 'RECORD_DATE')),
  format text not null check (format in ('CSV', 'CSV_CP932', 'JSONL', 'XLSX')),
  record_date_id text references record_date,
  list_version integer,
  names boolean not null, -- with names and addresses
  purpose text,
  custodian_id integer, -- of a broker: its own customers alone
  party_id text not null references party, -- who may read it
  maker text not null,
  seq bigint not null,
  head text not null,
  block_number bigint not null,
  block_hash text not null,
  block_time timestamptz not null,
  legal_time timestamptz not null, -- the instant that was asked for, or that of the block
  known jsonb not null, -- {seq, head, block, hash, time}: the last entry whose corrections count
  state text not null check (state in ('rendering', 'ready', 'failed', 'changed')),
  lease_until timestamptz, -- one process renders it
  tries integer not null default 0,
  rows bigint,
  bytes bigint,
  sha256 text check (length(sha256) = 64 and sha256 ~ '^[0-9a-f]*$'),
  parts jsonb not null default '[]', -- [{after, offset, bytes, sha256}]: where a reading may go on
  unmapped jsonb not null default '{"cells": 0, "first": []}', -- what CP932 has no code for
  created_at timestamptz not null,
  ready_at timestamptz,
  check ((kind = 'RECORD_DATE') = (record_date_id is not null and list_version is not null)),
  check ((state in ('ready', 'changed')) = (rows is not null and bytes is not null and sha256 is not null))
);
create index register_export_waiting on register_export (id) where state = 'rendering';

create table sandbox_clock (
  id smallint primary key check (id = 1),
  offset_ms bigint not null check (offset_ms >= -4102444800000)
);

create table deployment (
  id smallint primary key check (id = 1),
  chain_id bigint not null,
  genesis_hash text not null,
  admin text not null,
  manager text not null,
  registry text not null,
  factory text not null,
  implementation text not null,
  anchor text not null, -- RegisterAnchor
  settlement text not null,
  cash text, -- the token in which CASH legs are paid; the sandbox has one of its own
  created_at timestamptz not null
);

-- The register. Written by the indexer's role alone; every row is derivable from the chain.

create table chain_block (
  number bigint primary key,
  hash text not null unique,
  parent_hash text not null,
  time timestamptz not null
);

create table chain_cursor (
  id smallint primary key check (id = 1),
  block_number bigint not null,
  block_hash text not null,
  block_time timestamptz not null,
  genesis_hash text not null,
  registry_seq bigint not null default 0,
  registry_head text not null
);

-- Every line of the HolderRegistry's own hash chain: who stands behind an account, with which particulars.
create table registry_record (
  seq bigint primary key check (seq > 0),
  wallet text not null,
  person_id text not null,
  record text not null,
  particulars text not null,
  head text not null, -- the registry's head after this line
  operation_id text references operation,
  block_number bigint not null,
  block_hash text not null,
  block_time timestamptz not null,
  log_index integer not null,
  tx_hash text not null
);
create index registry_record_person on registry_record (person_id, seq);
create index registry_record_wallet on registry_record (wallet, seq);
create index registry_record_block on registry_record (block_number, seq);

create table account (
  address text primary key,
  person_id text not null,
  class_bits integer not null,
  flags smallint not null,
  valid_until timestamptz not null,
  country integer not null,
  custodian_id integer not null,
  particulars text not null,
  seq bigint not null references registry_record
);
create index account_person on account (person_id);
create index account_custodian on account (custodian_id, address);

-- No foreign keys to issue and operation on what every entry writes: the fold takes their ids from the tables
-- themselves, nobody may delete there, and the checks were a quarter of what writing an entry costs.
create table entry (
  issue_id text not null,
  seq bigint not null check (seq > 0),
  kind smallint not null check (kind between 1 and 17),
  basis smallint not null check (basis between 0 and 20),
  units bigint not null check (units >= 0),
  from_account text,
  to_account text,
  from_person text,
  to_person text,
  ref text not null,
  data text not null,
  head text not null,
  trade_date date,
  acquired_on date,
  settlement_date date,
  hold_id text,
  lots json not null default '[]', -- [[acquiredOn, units]] that this entry moved, made or consumed; not jsonb, which costs more to take in
  corrects bigint check (corrects between 1 and seq - 1), -- the entry that this one rectifies
  effective_on date, -- the past day from whose beginning an order of a court has effect
  -- The issue's figures after this entry, so that the sums of any past instant are one row.
  total_units bigint not null check (total_units >= 0),
  total_holders integer not null check (total_holders >= 0),
  total_accounts integer not null check (total_accounts >= total_holders),
  operation_id text,
  maker text,
  checker text,
  tx_hash text not null,
  log_index integer not null,
  block_number bigint not null,
  block_hash text not null,
  block_time timestamptz not null,
  entered_at timestamptz not null,
  perfected_at timestamptz, -- null for a line that perfects nothing, such as a request
  check (perfected_at = entered_at),
  primary key (issue_id, seq),
  unique (block_number, log_index)
);
create index entry_time on entry (issue_id, block_time, seq);
-- Asked for one by one, in no order, and never of lines that only move units, which are most.
create index entry_ref on entry using hash (ref) where kind > 5;
-- The account first, since it decides where a line goes. A line that only moves units is found by the periods it makes.
create index entry_from on entry (from_account, issue_id, seq) where kind > 5;
create index entry_to on entry (to_account, issue_id, seq) where kind > 5;
create index entry_redeemed on entry (issue_id, seq) where kind = 2;
create index entry_issued on entry (issue_id, seq) where kind = 1; -- an issue's first units: one probe, of however many lines
create index entry_mark on entry (issue_id, to_account, seq) where kind = 13; -- few lines are marks
create index entry_carried on entry (issue_id, from_account) where kind in (10, 17); -- nor holds that changed
create index entry_ratio on entry (issue_id, seq) where kind = 12 and from_account is null; -- begins or ends a ratio
-- What says something of a time before it: few of many.
create index entry_correction on entry (issue_id, corrects, seq) where corrects is not null or effective_on is not null;

create function lots_units(lots json) returns bigint language sql immutable strict parallel safe
  return (select coalesce(sum((lot ->> 1)::bigint), 0) from json_array_elements(lots) lot);

-- What an account holds from an entry on: until its next row, and nothing from a row of no units on. Rows are only added.
-- A past instant is the last row by then, one probe. No foreign key to the entries: one fold writes both in one
-- transaction, and taking entries back would search all periods for each.
create table holding_period (
  issue_id text not null,
  account text not null,
  person_id text not null,
  from_seq bigint not null,
  units bigint not null check (units >= 0),
  encumbered bigint not null check (encumbered between 0 and units),
  lots json not null,
  opens boolean not null, -- it had no units before
  primary key (issue_id, account, from_seq)
);
create index holding_opens on holding_period (issue_id, account, from_seq) where opens; -- who ever held

create table hold (
  issue_id text not null references issue,
  id text not null,
  account text not null,
  target text,
  kind smallint not null check (kind between 1 and 6),
  controller text,
  units bigint not null check (units >= 0), -- what it encumbers
  claimed bigint not null, -- its units and those under earlier holds that it waits for
  behind text, -- of a pledge behind another: the first pledge on the same units
  part_of text, -- of a part that one of several successors has: the undivided hold
  expires_at timestamptz,
  accepted boolean not null default false,
  data text not null,
  from_seq bigint not null,
  to_seq bigint,
  primary key (issue_id, id),
  check (claimed >= units),
  check (to_seq is null or claimed = 0)
);
create index hold_account on hold (issue_id, account) where to_seq is null;
-- What goes along when a pledgee's broker changes.
create index hold_pledgee on hold (target) where kind = 3 and to_seq is null;
create index hold_behind on hold (issue_id, behind) where behind is not null;
create index hold_part_of on hold (issue_id, part_of) where part_of is not null;

create table issue_state (
  issue_id text primary key references issue,
  seq bigint not null,
  head text not null,
  units bigint not null check (units >= 0), -- Σ holdings = totalSupply
  holders integer not null check (holders >= 0), -- persons
  accounts integer not null check (accounts >= holders),
  policy text not null,
  block_number bigint not null
);

create table record_date_list (
  record_date_id text not null references record_date,
  version integer not null check (version > 0),
  issue_id text not null references issue,
  seq bigint not null, -- the last entry before 24:00 JST
  known_seq bigint not null, -- the last entry that it knows of: a later version's is the correction that made it
  head text not null,
  units bigint not null,
  holders integer not null,
  block_number bigint not null,
  block_hash text not null,
  frozen_at timestamptz not null,
  primary key (record_date_id, version),
  check (known_seq >= seq),
  check ((known_seq = seq) = (version = 1))
);

-- Merkle roots of an issue's holdings that are published on chain: of each record-date list (kind 1) and of the close of
-- each JST day on which something entered (kind 2). A day without entries has the close before it (ADR 0027).
create table register_root (
  issue_id text not null references issue,
  kind smallint not null check (kind in (1, 2)),
  day date not null,
  version integer not null check (version > 0),
  seq bigint not null, -- the last entry that counts
  head text not null,
  root text not null check (length(root) = 66 and root ~ '^0x[0-9a-f]*$'), -- 32 zero bytes without holdings: those are not published
  block_number bigint not null, -- how far the register had read when it was made
  operation_id text references operation, -- that publishes it; set by the worker
  primary key (issue_id, kind, day, version)
);
create index register_root_seq on register_root (issue_id, seq);
create index register_root_waiting on register_root (issue_id)
  where operation_id is null and root <> '0x0000000000000000000000000000000000000000000000000000000000000000';

-- What the RegisterAnchor contract says, whoever sent it; version n is the n-th root of its issue, kind and day that was read.
create table anchor (
  issue_id text not null references issue,
  kind smallint not null,
  day date not null,
  version integer not null check (version > 0),
  root text not null,
  supersedes text, -- the root before, by name; of the first too, where a node kept back the event of one before it
  tx_hash text not null,
  log_index integer not null,
  block_number bigint not null,
  block_hash text not null,
  block_time timestamptz not null,
  primary key (issue_id, kind, day, version),
  unique (block_number, log_index)
);

-- Numbered by the indexer without a gap, never deleted; a rollback adds events.
create table event (
  id bigint primary key check (id > 0),
  kind text not null,
  issue_id text,
  party_ids text[] not null, -- who may read it besides the trustee and compliance
  subject_id text,
  data json not null,
  block_number bigint not null,
  at timestamptz not null
);

create table register_break (
  id text primary key,
  issue_id text references issue,
  kind text not null,
  detail jsonb not null,
  block_number bigint not null,
  opened_at timestamptz not null,
  closed_at timestamptz,
  closed_by text,
  closed_checker text,
  reason text,
  resumed_at timestamptz, -- what it held back has entered the register, or another break holds it
  check (closed_checker is distinct from closed_by or closed_by is null)
);
create index register_break_unresumed on register_break (issue_id) where resumed_at is null;

-- The full comparison of register and contract. The api asks, the indexer answers, since it alone may open a break; in
-- between the api opens the holders' particulars, since it alone has the vault's key.
create table reconciliation (
  id text primary key,
  issue_id text not null references issue,
  asked_by text, -- null: the daily one
  asked_at timestamptz not null,
  compared_at timestamptz, -- register and contract
  done_at timestamptz, -- and the particulars
  seq bigint,
  block_number bigint,
  block_hash text,
  holdings integer,
  differences jsonb, -- the first ones; [] where all is equal
  particulars jsonb, -- {opened, erased, erasedAccounts, differences}
  break_id text references register_break,
  check ((compared_at is null) = (differences is null)),
  check (done_at is null or (compared_at is not null and particulars is not null))
);
create index reconciliation_issue on reconciliation (issue_id, id);
create index reconciliation_open on reconciliation (id) where done_at is null;

-- Who may write what. genbo_api, genbo_worker and genbo_indexer are made before the migrations.
grant usage on schema public to genbo_api, genbo_worker, genbo_indexer;
grant select on all tables in schema public to genbo_api, genbo_worker, genbo_indexer;
revoke select on vault_subject, vault_particulars, inspection, certificate from genbo_worker, genbo_indexer;
revoke select on api_key, idempotency from genbo_worker, genbo_indexer;

grant insert on audit_view, tax_status, party, api_key, issue, operation, command, lane, idempotency, audit_row, investor, vault_subject,
  vault_particulars, wallet, wallet_proof, transfer, record_date, legal_case, inspection, inspection_display, inspection_disclosure,
  certificate, custody_change to genbo_api;
grant update (state, signature, prover, checker, reason, proved_at, decided_at) on wallet_proof to genbo_api;
grant update (state, to_external_id, acceptor, checker, reason, consented_at, decided_at) on custody_change to genbo_api;
grant insert on settlement, settlement_leg, settlement_side, issue_change to genbo_api;
grant update (state, checker, refusal, decided_at) on issue_change to genbo_api;
grant delete on idempotency to genbo_api; -- after their life: packages/api-schema/src/limits.ts
grant update (expires_at, last_used_at, revoked_at, confirmed_at) on api_key to genbo_api;
grant update (state, checker, reason, decided_at) on issue to genbo_api;
grant update (checker) on operation to genbo_api;
grant update (acceptor, checker, reason) on transfer to genbo_api;
grant update (state, code, checker, reason, result, decided_at) on legal_case to genbo_api;
grant update (checker, reason) on settlement to genbo_api;
grant update (evidence) on settlement_leg to genbo_api;
grant update (acceptor, accepted_at) on settlement_side to genbo_api;
grant update (state, ground, explanation, checker, shown_seq, shown_head, shown_block, shown_hash, shown_time, decided_at)
  on inspection to genbo_api;
grant update (class_bits, country, tax_category, valid_until, flags) on investor to genbo_api;
grant update (checker, opened_at, ended_at) on audit_view to genbo_api;
grant update (wrapped_key) on vault_subject to genbo_api;
grant insert, update on sandbox_clock to genbo_api;
grant update (closed_at, closed_by, closed_checker, reason) on register_break to genbo_api;
grant insert on reconciliation to genbo_api;
grant update (particulars) on reconciliation to genbo_api;
grant insert on register_export to genbo_api;
grant update (state, lease_until, tries, rows, bytes, sha256, parts, unmapped, ready_at) on register_export to genbo_api;

grant insert on lane, chain_tx, deployment, audit_seal to genbo_worker;
grant update (operation_id) on register_root to genbo_worker;
-- All that the worker may put into the outbox by itself: the publication of a root. Once for each ref.
create function queue_anchor(op text, op_ref text, row_ref text, party text, issue text, about text, by text, args jsonb,
  at timestamptz) returns void language sql security definer set search_path = public as $$
  with made as (
    insert into operation (id, ref, party_id, kind, state, issue_id, subject_id, maker, rows, request_id, accepted_at, updated_at)
    values (op, op_ref, party, 'anchor.publish', 'accepted', issue, about, 'system:close', 1, 'close', at, at)
    on conflict (ref) do nothing returning id
  )
  insert into command (operation_id, row, signer, call, ref, args, priority)
  select id, 0, by, 'anchor', row_ref, args, 9 from made -- after whatever people wait for
$$;
revoke execute on function queue_anchor from public;
grant execute on function queue_anchor to genbo_worker;
grant update on lane, chain_tx to genbo_worker;
grant update (state, code, priority, chain_tx_id, tx_row) on command to genbo_worker;
grant update (resumed_at) on register_break to genbo_worker;
grant update (state, code, rows_entered, rows_refused, updated_at) on operation to genbo_worker;
grant update (state, code, checker, decided_at) on legal_case to genbo_worker;
grant update (state, code) on custody_change to genbo_worker;

grant insert, update, delete on chain_block, chain_cursor, registry_record, account, entry, holding_period, hold,
  issue_state, record_date_list, register_root, anchor to genbo_indexer;
grant insert on event, register_break to genbo_indexer;
grant update (state, reverted, block_number) on chain_tx to genbo_indexer;
grant update (state, code) on command to genbo_indexer;
grant update (state, code, rows_entered, rows_refused, updated_at, entered_at) on operation to genbo_indexer;
grant update (state, token, code_hash, deployed_block) on issue to genbo_indexer;
grant update (state) on transfer, wallet to genbo_indexer;
grant update (state, code, checker, decided_at) on legal_case to genbo_indexer;
grant update (state, code) on custody_change to genbo_indexer;
grant update (broker_id, external_id, class_bits, country, valid_until, flags) on investor to genbo_indexer;
grant update (broker_id) on wallet to genbo_indexer;
grant update (state, settled_block) on settlement to genbo_indexer;
grant update (state, code) on issue_change to genbo_indexer, genbo_worker;
grant update (state, paid_block, returned_block) on settlement_leg to genbo_indexer;
grant update (resumed_at) on register_break to genbo_indexer;
grant insert on reconciliation to genbo_indexer;
grant update (compared_at, done_at, seq, block_number, block_hash, holdings, differences, particulars, break_id)
  on reconciliation to genbo_indexer;
