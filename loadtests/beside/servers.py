"""Starts what is measured: a Postgres cluster of its own, and `refract engine` on a database. Stops both at the end."""
import contextlib, glob, json, os, pwd, shutil, signal, subprocess, tempfile, time, urllib.request

OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{folder}'
shared_buffers = 1GB
max_connections = 200
"""


def binaries():
    """The folder with initdb and postgres: on PATH, or where Debian puts it."""
    found = shutil.which("initdb")
    folders = [os.path.dirname(os.path.realpath(found))] if found else []
    folders += sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)
    if not folders:
        raise SystemExit("no Postgres server is installed: install it, or put initdb on PATH")
    return folders[0]


def ordinary_user():
    """Postgres refuses to run as root: the user it runs as then."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise SystemExit("no user 'postgres' or 'nobody' to run Postgres as")


@contextlib.contextmanager
def postgres(port):
    """A cluster in a folder of its own, with trust on loopback for the user `bench`, and its database."""
    bin_, user = binaries(), ordinary_user()
    folder = tempfile.mkdtemp(prefix="refract-bench-")
    if user:
        os.chown(folder, user["user"], user["group"])
    data = os.path.join(folder, "data")
    initdb = [f"{bin_}/initdb", "-D", data, "-U", "bench", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"]
    subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd=folder, **user)
    with open(os.path.join(data, "postgresql.conf"), "a") as settings:
        settings.write(SETTINGS.format(port=port, folder=folder))
    log = open(os.path.join(folder, "log"), "w")
    server = subprocess.Popen([f"{bin_}/postgres", "-D", data], stdout=log, stderr=log, cwd=folder, **user)
    try:
        wait(lambda: subprocess.run([f"{bin_}/createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "bench", "bench"],
                                    stderr=subprocess.DEVNULL).returncode == 0, "Postgres")
        os.environ.update(PGBIN=bin_, PGHOST="127.0.0.1", PGPORT=str(port), PGUSER="bench", PGDATABASE="bench")
        yield
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


class Engine:
    """A running `refract engine`."""

    def __init__(self, binary, port, database, *flags):
        self.url = f"http://127.0.0.1:{port}"
        self.folder = tempfile.mkdtemp(prefix="refract-bench-")
        config = json.dumps({"port": port, "databases": {"default": database}})
        self.log = open(os.path.join(self.folder, "log"), "w")
        self.process = subprocess.Popen([binary, "engine", "--data", os.path.join(self.folder, "data"), *flags],
                                        env=dict(os.environ, PRISMA_CONFIG=config), stdout=self.log, stderr=self.log,
                                        start_new_session=True)
        wait(lambda: self.management("{serverInfo{version}}"), "the engine")

    @property
    def pid(self):
        return self.process.pid

    def management(self, query, **variables):
        return self.ask("/management", query, variables)

    def ask(self, path, query, variables):
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(self.url + path, body, {"content-type": "application/json"})
        answer = json.load(OPENER.open(request, timeout=60))
        if "errors" in answer:
            raise SystemExit(f"{path}: {answer['errors']}")
        return answer["data"]

    def deploy(self, name, stage, datamodel):
        self.management("mutation($n:String!,$s:String!){addProject(input:{name:$n,stage:$s}){project{name}}}", n=name, s=stage)
        done = self.management("mutation($n:String!,$s:String!,$t:String!){deploy(input:{name:$n,stage:$s,types:$t})"
                               "{errors{description}migration{revision}}}", n=name, s=stage, t=datamodel)["deploy"]
        if done["errors"]:
            raise SystemExit(done["errors"])
        status = "query($n:String!,$s:String!){migrationStatus(name:$n,stage:$s){status}}"
        wait(lambda: self.management(status, n=name, s=stage)["migrationStatus"]["status"] == "SUCCESS", "the deploy")

    def memory(self):
        """Resident memory in MiB, without mapped files."""
        with open(f"/proc/{self.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("RssAnon:")) / 1024

    def files(self):
        return glob.glob(os.path.join(self.folder, "data", "services", "*", "*.sqlite"))

    def stop(self):
        self.process.terminate()
        self.process.wait(40)
        shutil.rmtree(self.folder, ignore_errors=True)


def wait(done, what, seconds=30):
    end = time.time() + seconds
    while True:
        with contextlib.suppress(OSError):
            if done():
                return
        if time.time() > end:
            raise SystemExit(f"{what} does not answer")
        time.sleep(0.05)
