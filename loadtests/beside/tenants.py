"""Many services on one engine: by how much they slow each other down, and ten minutes of everything."""
import contextlib, itertools, json, os, random, re, sqlite3, statistics, subprocess, threading, time
import workloads as W

SERVICES, EXPONENT = int(os.environ.get("TENANTS", "1000")), 1.1
USERS, POSTS, TAGS = 50, 200, 20


def rows():
    """A small data set: table -> columns and rows; times are datetimes."""
    chance = random.Random(1)
    user = [(W.cid("u", i), f"user{i}@example.com", f"Name {i}", W.U0 + W.dt.timedelta(hours=i)) for i in range(1, USERS + 1)]
    post = [(W.cid("p", i), f"Post {i}", "x" * 200, i % 10 != 0, W.cid("u", chance.randint(1, USERS)), W.P0 + W.dt.timedelta(minutes=10 * i))
            for i in range(1, POSTS + 1)]
    comment = [(W.cid("c", i), f"Comment {i}", W.cid("p", chance.randint(1, POSTS)), W.cid("u", chance.randint(1, USERS)),
                W.P0 + W.dt.timedelta(minutes=i)) for i in range(1, POSTS + 1)]
    tag = [(W.cid("t", i), f"tag{i}") for i in range(1, TAGS + 1)]
    link = sorted({(W.cid("p", chance.randint(1, POSTS)), W.cid("t", chance.randint(1, TAGS))) for _ in range(2 * POSTS)})
    twice = lambda found: [row + row[-1:] for row in found]
    return {
        "User": (("id", "email", "name", "createdAt", "updatedAt"), twice(user)),
        "Post": (("id", "title", "content", "published", "author", "createdAt", "updatedAt"), twice(post)),
        "Comment": (("id", "text", "post", "author", "createdAt", "updatedAt"), twice(comment)),
        "Tag": (("id", "name"), tag),
        "_PostToTag": (("A", "B"), link),
    }


def bodies(folder, workload):
    """Requests for that data set, in a file."""
    chance = random.Random(2)
    late = lambda: {"t": W.iso(W.P0 + W.dt.timedelta(minutes=10 * chance.randint(POSTS // 2, POSTS)))}
    minutes = lambda n: W.iso(W.P0 + W.dt.timedelta(minutes=10 * n))
    values = {"w1": lambda: {"email": f"user{chance.randint(1, USERS)}@example.com"}, "w2": late, "w4": late,
              "w3": lambda: {"t": W.iso(W.U0 + W.dt.timedelta(hours=chance.randint(1, USERS // 2)))},
              "w5": lambda: {"s": f"Post {chance.randint(1, POSTS)}"},
              "w6": lambda: {"title": "new", "content": "Created by the benchmark", "author": W.cid("u", chance.randint(1, USERS))},
              "w8": lambda: {"a": minutes(chance.randint(1, POSTS // 2)), "b": minutes(POSTS)},
              "w9": lambda: {"id": W.cid("p", chance.randint(1, POSTS)), "title": f"Post {chance.random()}"}}[workload]
    path = os.path.join(folder, f"tenants-{workload}.txt")
    with open(path, "w") as out:
        for _ in range(200):
            out.write(json.dumps(W.body("prisma1", workload, values())) + "\n")
    return path


def fill_sqlite(engine):
    """Fills each file."""
    number = lambda v: int((v - W.dt.datetime(1970, 1, 1)).total_seconds() * 1000) if isinstance(v, W.dt.datetime) else v
    data = {table: (columns, [tuple(map(number, row)) for row in found]) for table, (columns, found) in rows().items()}
    for file in engine.files():
        # The engine has it open too: it is written through SQLite, with its locks.
        with contextlib.closing(sqlite3.connect(file, timeout=10)) as database, database:
            for table, (columns, found) in data.items():
                names = ", ".join(f'"{c}"' for c in columns)
                places = ", ".join("?" * len(columns))
                database.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({places})', found)


def fill_postgres(psql):
    """Fills the first service and copies its rows into the others."""
    literal = lambda v: "'" + (W.iso(v) if isinstance(v, W.dt.datetime) else str(v)).replace("'", "''") + "'"
    sql = []
    for table, (columns, found) in rows().items():
        names = ", ".join(f'"{c}"' for c in columns)
        sql.append(f'INSERT INTO "t1$dev"."{table}" ({names}) VALUES ' + ", ".join("(" + ", ".join(map(literal, row)) + ")" for row in found) + ";")
    for k in range(2, SERVICES + 1):
        for table, (columns, _) in rows_of_names():
            names = ", ".join(f'"{c}"' for c in columns)
            sql.append(f'INSERT INTO "t{k}$dev"."{table}" ({names}) SELECT {names} FROM "t1$dev"."{table}";')
    psql("-f", "-", input="\n".join(sql) + "\nANALYZE;")


def rows_of_names():
    return [(table, (columns, None)) for table, (columns, _) in rows().items()]


def load(url, path, services, connections=8, seconds=1):
    """Requests/s and p99 in ms over the first `services` services."""
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tenants.lua")
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", script, url, "--", path, str(services), str(EXPONENT)]
    done = subprocess.run(command, capture_output=True, text=True)
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+)", done.stdout)
    if not found or "BAD" in done.stderr:
        raise SystemExit(f"{url}: {done.stderr[:300] or done.stdout[-300:]}")
    requests, us, _, p99 = map(int, found.groups())
    return requests / us * 1e6, p99 / 1000


def many(engine, folder, fill, datamodel):
    """W1 to W4 over all services by the same over one: median ratios of three interleaved rounds, once the load has reached
    most services (a connection of Postgres prepares a statement for each service that it meets)."""
    for k in range(1, SERVICES + 1):
        engine.deploy(f"t{k}", "dev", datamodel)
        if k % 100 == 0:
            print(f"{k} of {SERVICES} services deployed", flush=True)
    fill()
    result = {}
    for workload in ("w1", "w2", "w3", "w4"):
        path, ratios = bodies(folder, workload), []
        load(engine.url, path, SERVICES, seconds=5)
        for _ in range(3):
            one, all_ = load(engine.url, path, 1)[0], load(engine.url, path, SERVICES)[0]
            ratios.append(all_ / one)
        result[workload.upper()] = round(statistics.median(ratios), 2)
    return result


SCAN = {"query": 'query{posts(where:{content_contains:"no post holds this"}){id}}'}
NOTE = "type Note { id: ID! @id text: String! }"
CREATE = "mutation($t:String!){createNote(data:{text:$t}){id}}"
SOAK_SECONDS = int(os.environ.get("SOAK_SECS", "600"))


def neighbours(engine, scanned, folder):
    """p99 of W1 in ms on one service: quiet, while another one is scanned in a loop, and while a full one keeps writing:
    medians of five interleaved rounds."""
    path = bodies(folder, "w1")
    engine.deploy("full", "dev", NOTE)
    while "errors" not in ask(engine, "/full/dev", {"query": CREATE, "variables": {"t": "a" * 900_000}}):
        pass
    write = {"query": CREATE, "variables": {"t": "a" * 1_000}}
    asked = {"quiet": None, "beside_a_scan": (scanned, SCAN), "beside_a_full_one": ("/full/dev", write)}
    found = {key: [] for key in asked}
    for _ in range(5):
        for key, what in asked.items():
            with in_a_loop(engine, what):
                found[key].append(load(engine.url, path, 1, connections=1)[1])
    return {f"{key}_p99_ms": round(statistics.median(times), 2) for key, times in found.items()}


@contextlib.contextmanager
def in_a_loop(engine, what):
    """Meanwhile asks for the same again and again."""
    stop = threading.Event()

    def run():
        while what and not stop.is_set():
            ask(engine, *what)

    loop = threading.Thread(target=run)
    loop.start()
    try:
        yield
    finally:
        stop.set()
        loop.join()


def ask(engine, path, body):
    import urllib.request
    from servers import OPENER
    request = urllib.request.Request(engine.url + path, json.dumps(body).encode(), {"content-type": "application/json"})
    return json.load(OPENER.open(request, timeout=60))


def soak(engine, folder):
    """Reads and writes of all kinds over the services, in turn; an error ends it. Memory in MiB after a minute and at
    the end."""
    paths = [bodies(folder, workload) for workload in ("w1", "w2", "w3", "w4", "w5", "w6", "w8", "w9")]
    began, first, requests = time.monotonic(), None, 0
    for path in itertools.cycle(paths):
        per_second, _ = load(engine.url, path, SERVICES, connections=4, seconds=5)
        requests += round(per_second * 5)
        past = time.monotonic() - began
        if first is None and past >= min(60, SOAK_SECONDS / 2):
            first = engine.memory()
        if past >= SOAK_SECONDS:
            return {"seconds": round(past), "requests": requests, "memory_mib": [round(first), round(engine.memory())]}
