"""Runs the product beside the hand-written limit and, with --peers, beside what people would pick instead; writes
docs/measured-data.json. `./bench data` and `./bench peers` call it; loopback only. Needs wrk, a Postgres server, and the
comparison's tools, which are not part of this project."""
import argparse, concurrent.futures, contextlib, datetime, json, os, subprocess, sys, tempfile

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--binary", required=True, help="the release binary")
parser.add_argument("--tools", required=True, help="folder of the comparison's tools")
parser.add_argument("--out", required=True, help="file to write")
parser.add_argument("--machine", required=True, help="what it runs on")
parser.add_argument("--peers", action="store_true", help="beside the peers too (installs and builds them)")
parser.add_argument("--only", default="compare,tenants,soak,types", help="parts to run; others keep what the file says")
parser.add_argument("--port", type=int, default=55433, help="port of Postgres; the engines take the next two")
arguments = parser.parse_args()
sys.path.insert(0, os.path.join(arguments.tools, "workloads"))
sys.dont_write_bytecode = True

import figures, servers, tenants  # noqa: E402  the tools' folder has to be known first

PEERS = ["postgraphile5", "seaography", "prisma7-yoga"]
scratch = os.environ.setdefault("PEERS_DIR", os.path.join(tempfile.gettempdir(), "peers"))
datamodel = open(os.path.join(arguments.tools, "data", "datamodel.prisma")).read()


def run(*command):
    subprocess.run([sys.executable, os.path.join(arguments.tools, "run.py"), *command], check=True)


def psql(*more, **options):
    subprocess.run([os.path.join(os.environ["PGBIN"], "psql"), "-qAtX", "-v", "ON_ERROR_STOP=1", *more], check=True, text=True, **options)


def engines(*flags):
    """One on Postgres, one on SQLite."""
    database = {"connector": "postgres", "host": "127.0.0.1", "port": arguments.port, "user": "bench", "password": "",
                "database": "bench"}
    # The registry of the engine before, whose keys are gone; its services' schemas are taken over.
    psql("-c", "DROP SCHEMA IF EXISTS refract CASCADE")
    return (servers.Engine(arguments.binary, arguments.port + 1, database, *flags),
            servers.Engine(arguments.binary, arguments.port + 2, {"connector": "sqlite"}, *flags))


def compare():
    on_postgres, on_sqlite = engines()
    with contextlib.ExitStack() as ends:
        ends.callback(on_postgres.stop)
        ends.callback(on_sqlite.stop)
        for engine in (on_postgres, on_sqlite):
            engine.deploy("default", "default", datamodel)
        idle = {"Postgres": on_postgres.memory(), "SQLite": on_sqlite.memory()}
        file, = on_sqlite.files()
        os.environ.update(
            OURS_URL=f"{on_postgres.url}/default/default", OURS_PID=str(on_postgres.pid),
            OURS_SQLITE_URL=f"{on_sqlite.url}/default/default", OURS_SQLITE_PID=str(on_sqlite.pid),
            OURS_SQLITE_FILE=file, NO_PGBENCH="1", PEERS_CONC="8")
        for name, value in (("CONC", "8,32"), ("SECS", "2"), ("REPS", "3")):
            os.environ.setdefault(name, value)
        peers = PEERS if arguments.peers else []
        limits = ["limit, json", "limit, rows", "limit, records", "limit, sqlite", "limit, sqlite FULL"]
        run("setup", "limit, json", *peers)
        run("db")
        run("sqlite", file)
        run("verify", *limits, *peers, "ours", "ours, sqlite")
        run("bench", *limits, *peers, "ours", "ours, sqlite")
        run("table")
        runs = figures.read(os.path.join(scratch, "runs.jsonl"))
        loaded = {"Postgres": on_postgres.memory(), "SQLite": on_sqlite.memory()}
        base = lambda w: "limit, sqlite FULL" if w in ("w6", "w9") else "limit, sqlite"
        return {
            "postgres": [figures.line(runs, "ours", figures.BEST, w, goals, peers) for w, goals in figures.POSTGRES.items()],
            "sqlite": [figures.line(runs, "ours, sqlite", base(w), w, goals) for w, goals in figures.SQLITE.items()],
            "memory_mib": {name: {"idle": round(idle[name]), "after_load": round(loaded[name])} for name in idle},
        }


def with_many_tenants():
    on_postgres, on_sqlite = engines("--service-bytes", "100000000")
    with contextlib.ExitStack() as ends:
        ends.callback(on_postgres.stop)
        ends.callback(on_sqlite.stop)
        folder = ends.enter_context(tempfile.TemporaryDirectory())
        found = {}
        for name, engine, fill in (("sqlite", on_sqlite, lambda: tenants.fill_sqlite(on_sqlite)),
                                   ("postgres", on_postgres, lambda: tenants.fill_postgres(psql))):
            found[name] = tenants.many(engine, folder, fill, datamodel)
            engine.deploy("default", "default", datamodel)
        run("db")
        newest = max(on_sqlite.files(), key=os.path.getmtime)
        run("sqlite", newest)
        neighbours = {name: tenants.neighbours(engine, "/default/default", folder)
                      for name, engine in (("sqlite", on_sqlite), ("postgres", on_postgres))}
        neighbours["limit_on_postgres"] = limit_beside_a_scan(on_postgres)
        memory = {"Postgres": round(on_postgres.memory()), "SQLite": round(on_sqlite.memory())}
        return {"tenants": found, "neighbour": neighbours, "memory_mib_with_all_tenants": memory}


def limit_beside_a_scan(engine):
    """What the same scan does to a hand-written server on the same database: p99 of W1 in ms."""
    os.environ.update(WORKLOADS="w1", CONC="1", SECS="1", REPS="5", NO_PGBENCH="1")
    run("setup", "limit, json")
    found = {}
    for key, what in (("quiet", None), ("beside_a_scan", ("/default/default", tenants.SCAN))):
        with tenants.in_a_loop(engine, what):
            run("bench", "limit, json")
        runs = figures.read(os.path.join(scratch, "runs.jsonl"))
        found[f"{key}_p99_ms"] = round(figures.median(runs, "limit, json", "w1", 1, "p99") / 1000, 2)
    return found


def soaked():
    """Both at once, over a few services."""
    tenants.SERVICES = 20
    both = engines()
    with contextlib.ExitStack() as ends, concurrent.futures.ThreadPoolExecutor() as pool:
        folders = [ends.enter_context(tempfile.TemporaryDirectory()) for _ in both]
        for engine in both:
            ends.callback(engine.stop)
            for k in range(1, tenants.SERVICES + 1):
                engine.deploy(f"t{k}", "dev", datamodel)
        tenants.fill_postgres(psql)
        tenants.fill_sqlite(both[1])
        on_postgres, on_sqlite = pool.map(tenants.soak, both, folders)
        return {"soak": {"postgres": on_postgres, "sqlite": on_sqlite}}


def many_types():
    """What a service of 100 types costs before its first answer."""
    example = os.path.join(os.path.dirname(arguments.binary), "examples", "many_types")
    measured = subprocess.run([example, os.path.join(arguments.tools, "data", "many_types.prisma")], check=True, capture_output=True)
    return {"many_types": json.loads(measured.stdout)}


PARTS = {"compare": compare, "tenants": with_many_tenants, "soak": soaked, "types": many_types}
result = {}
with contextlib.suppress(OSError, ValueError):
    result = json.load(open(arguments.out))
result |= {"machine": arguments.machine, "date": str(datetime.date.today())}
for part in arguments.only.split(","):
    with servers.postgres(arguments.port):
        result |= PARTS[part]()
    with open(arguments.out, "w") as out:
        json.dump(result, out, indent=1)
        out.write("\n")
