-- What there is: the catalogue, stock, trades and shipments. Constraints live here, rules do not.
--
-- Ids are text in byte order (COLLATE "C"), so that the order in which rows are locked is the same
-- in every database and in the program. Columns that change have no index, and pages keep room, so
-- that updates stay on their page (HOT). Trades and shipments have no foreign keys: they are written
-- thousands of times a second, by workers that hold the rows they name; the audit checks them.

CREATE TABLE setting (
    name  text PRIMARY KEY,
    value text NOT NULL
);
-- The epoch of the journal: whoever restores an older copy of this database draws a new one.
INSERT INTO setting VALUES ('epoch', substr(replace(gen_random_uuid()::text, '-', ''), 1, 16));

CREATE TABLE station (
    id      text COLLATE "C" PRIMARY KEY,
    name    text NOT NULL,
    kind    text NOT NULL CHECK (kind IN ('planet', 'space_station')),
    x       bigint NOT NULL,
    y       bigint NOT NULL,
    z       bigint NOT NULL,
    version bigint NOT NULL CHECK (version > 0)
);

CREATE TABLE product (
    id          text COLLATE "C" PRIMARY KEY,
    name        text NOT NULL,
    description text NOT NULL,
    category    text NOT NULL,
    brand       text NOT NULL,
    unit_price  bigint NOT NULL CHECK (unit_price >= 0),
    unit_volume bigint NOT NULL CHECK (unit_volume >= 0),
    images      text[] NOT NULL,
    version     bigint NOT NULL CHECK (version > 0)
);

CREATE TABLE stock (
    station   text COLLATE "C" NOT NULL REFERENCES station,
    product   text COLLATE "C" NOT NULL REFERENCES product,
    on_hand   bigint NOT NULL,
    reserved  bigint NOT NULL,
    low_below bigint CHECK (low_below >= 0),
    version   bigint NOT NULL,
    PRIMARY KEY (station, product),
    CONSTRAINT stock_never_oversold CHECK (0 <= reserved AND reserved <= on_hand)
) WITH (fillfactor = 50);

CREATE TABLE trade (
    id           uuid PRIMARY KEY,
    type         text NOT NULL CHECK (type IN ('buy', 'sell')),
    status       text NOT NULL CHECK (status IN ('confirmed', 'in_transit', 'completed',
                                                 'cancelled', 'failed', 'rejected')),
    seller       text COLLATE "C" NOT NULL,
    buyer        text COLLATE "C" NOT NULL,
    destination  text COLLATE "C" NOT NULL,
    lines        jsonb NOT NULL,
    total        bigint NOT NULL CHECK (total >= 0),
    reason       text NOT NULL,
    requested_by text NOT NULL,
    version      bigint NOT NULL CHECK (version > 0),
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL
) WITH (fillfactor = 75);
-- The one order of every list. The parties ride along, so that a station's list filters inside the
-- index.
CREATE INDEX trade_by_time ON trade (created_at, id) INCLUDE (seller, buyer);

CREATE TABLE cargo (
    id           text COLLATE "C" PRIMARY KEY,
    generated    boolean NOT NULL,
    origin       text COLLATE "C" NOT NULL,
    destination  text COLLATE "C" NOT NULL,
    status       text NOT NULL CHECK (status IN ('pending', 'in_transit', 'delayed', 'delivered',
                                                 'lost', 'cancelled')),
    capacity     bigint CHECK (capacity >= 0),
    loaded       bigint NOT NULL CHECK (loaded >= 0),
    trade_count  integer NOT NULL CHECK (trade_count >= 0),
    own          jsonb NOT NULL,
    location     text NOT NULL,
    note         text NOT NULL,
    eta          timestamptz,
    departed_at  timestamptz,
    delivered_at timestamptz,
    requested_by text NOT NULL,
    version      bigint NOT NULL CHECK (version > 0),
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    -- Trades may join by themselves. A column of its own: it changes twice in a shipment's life,
    -- trade_count with every load, and only the former may cost an index entry. 64 is
    -- limits::max_trades_per_shipment.
    joinable     boolean NOT NULL GENERATED ALWAYS AS
                     (generated AND status = 'pending' AND trade_count < 64) STORED,
    CONSTRAINT cargo_within_capacity CHECK (loaded <= capacity)
) WITH (fillfactor = 50);
CREATE INDEX cargo_joinable ON cargo (origin, destination) WHERE joinable;
CREATE INDEX cargo_by_time ON cargo (created_at, id);

-- Which trade travels in which shipment. `place` grows in the order of loading.
CREATE TABLE cargo_trade (
    trade    uuid PRIMARY KEY,
    shipment text COLLATE "C" NOT NULL,
    place    bigint NOT NULL
);
CREATE INDEX cargo_trade_by_shipment ON cargo_trade (shipment, place);
