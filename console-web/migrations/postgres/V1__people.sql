-- People and what they own. Times are milliseconds since 1970, UTC. Secrets are stored as SHA-256 only.

CREATE TABLE change_number (
    value BIGINT NOT NULL
);
INSERT INTO change_number (value) VALUES (0);

CREATE TABLE account (
    id            TEXT COLLATE "C" PRIMARY KEY,
    -- As typed; two addresses that differ by case alone are one account.
    email         TEXT NOT NULL,
    email_key     TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    -- None: signs in by one-time link only.
    password_hash TEXT,
    created_at    BIGINT NOT NULL
);

CREATE TABLE workspace (
    id          TEXT COLLATE "C" PRIMARY KEY,
    slug        TEXT NOT NULL,
    -- What is left of a slug when look-alike letters and hyphens are taken out.
    skeleton    TEXT NOT NULL,
    -- Which life of the slug this is.
    incarnation BIGINT NOT NULL,
    -- How often its management secret was renewed, from 1.
    generation  BIGINT NOT NULL,
    -- The first workspace ever: paths without a workspace belong to it on loopback listeners.
    home        BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    -- The row stays as the tombstone of the slug.
    deleted_at  BIGINT,
    -- When its services were gone from every region.
    removed_at  BIGINT
);
CREATE UNIQUE INDEX workspace_slug ON workspace (slug) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX workspace_home ON workspace (home) WHERE home = 1;
CREATE INDEX workspace_skeleton ON workspace (skeleton);

CREATE TABLE membership (
    account_id   TEXT NOT NULL REFERENCES account (id),
    workspace_id TEXT NOT NULL REFERENCES workspace (id),
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (account_id, workspace_id)
);
CREATE INDEX membership_workspace ON membership (workspace_id);

-- `cloudSessionKey`s. The key itself is not stored: it is signed, and names its row.
CREATE TABLE session_key (
    id           TEXT COLLATE "C" PRIMARY KEY,
    account_id   TEXT NOT NULL REFERENCES account (id),
    title        TEXT NOT NULL,
    -- How far a renewal moves the expiry.
    lifetime     BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT,
    expires_at   BIGINT NOT NULL,
    revoked_at   BIGINT
);
CREATE INDEX session_key_account ON session_key (account_id);

CREATE TABLE browser_session (
    id_hash      BYTEA PRIMARY KEY,
    account_id   TEXT NOT NULL REFERENCES account (id),
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL
);
CREATE INDEX browser_session_account ON browser_session (account_id);

-- Logins of the command line (`requestCloudToken`).
CREATE TABLE device_grant (
    secret_hash    BYTEA PRIMARY KEY,
    requested_at   BIGINT NOT NULL,
    client_address TEXT NOT NULL,
    user_agent     TEXT NOT NULL,
    -- requested, approved, denied or exchanged. Expired is a matter of time, so it is not stored.
    state          TEXT NOT NULL,
    -- Who approved or denied.
    account_id     TEXT REFERENCES account (id)
);
CREATE INDEX device_grant_requested_at ON device_grant (requested_at);

CREATE TABLE one_time_link (
    token_hash BYTEA PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    expires_at BIGINT NOT NULL
);

CREATE TABLE invitation (
    token_hash BYTEA PRIMARY KEY,
    email      TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
