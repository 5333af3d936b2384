#!/usr/bin/env python3
"""Imports a service of 77 MB in chunks of 1 MB, twice, and exports it: seconds, and the engine's memory (Linux).

    python3 loadtests/transfer.py --binary target/release/refract
    python3 loadtests/transfer.py --binary target/release/refract \\
        --database '{connector: postgres, host: 127.0.0.1, port: 5432, user: bench, database: transfer}'
"""
import argparse
import json
import os
import random
import subprocess
import tempfile
import time
import urllib.request

PORT = 4482
POSTS, AUTHORS = 100_000, 2_000
CHUNK = 1_000_000
DATAMODEL = """
type Post { id: ID! @id title: String! body: String number: Int at: DateTime! @createdAt slug: String @unique
  tags: [String] @scalarList(strategy: RELATION) author: Author @relation(name: "Wrote", link: INLINE)
  liked: [Author] @relation(name: "Liked") }
type Author { id: ID! @id name: String! posts: [Post] @relation(name: "Wrote") likes: [Post] @relation(name: "Liked") }
"""


def words(length):
    return "".join(random.choice("abcdefghijklmnopqrstuvwxyz ") for _ in range(length))


def elements():
    posts, authors = ["p%08d" % n for n in range(POSTS)], ["a%06d" % n for n in range(AUTHORS)]
    nodes = [{"_typeName": "Author", "id": author, "name": words(20)} for author in authors]
    nodes += [{"_typeName": "Post", "id": post, "title": words(30), "body": words(300), "number": n,
               "at": "2017-12-05T12:34:23.000Z", "slug": "s%d" % n} for n, post in enumerate(posts)]
    lists = [{"_typeName": "Post", "id": post, "tags": [words(8) for _ in range(3)]} for post in posts]
    links = [[{"_typeName": "Post", "id": post, "fieldName": field},
              {"_typeName": "Author", "id": authors[n * step % AUTHORS], "fieldName": back}]
             for field, back, step in (("author", "posts", 1), ("liked", "likes", 7)) for n, post in enumerate(posts)]
    return {"nodes": nodes, "lists": lists, "relations": links}


def chunks():
    """Bodies of requests."""
    for kind, values in elements().items():
        texts, size = [], 0
        for value in values + [None]:
            text = json.dumps(value, separators=(",", ":"))
            if texts and (value is None or size + len(text) > CHUNK):
                yield ('{"valueType":"%s","values":[%s]}' % (kind, ",".join(texts))).encode()
                texts, size = [], 0
            texts.append(text)
            size += len(text)


def post(path, body):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request("http://127.0.0.1:%d%s" % (PORT, path), body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)


def memory(process, name):
    """MiB of the process."""
    with open("/proc/%d/status" % process.pid, encoding="utf-8") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith(name + ":"))


def measure(process):
    post("/management", {"query": 'mutation { addProject(input: { name: "s", stage: "d" }) { project { name } } }'})
    deploy = 'mutation($t: String!) { deploy(input: { name: "s", stage: "d", types: $t }) { errors { description } } }'
    deployed = post("/management", {"query": deploy, "variables": {"t": DATAMODEL}})
    assert deployed["data"]["deploy"]["errors"] == [], deployed
    bodies = list(chunks())
    said = ["%.1f MB in %d chunks" % (sum(map(len, bodies)) / 1e6, len(bodies))]
    for what in ("import", "import again"):
        begin, slowest = time.monotonic(), 0.0
        for body in bodies:
            sent = time.monotonic()
            assert post("/s/d/import", body) == []
            slowest = max(slowest, time.monotonic() - sent)
        said.append("%s %.1f s, slowest chunk %.2f s" % (what, time.monotonic() - begin, slowest))
    begin = time.monotonic()
    for kind in ("nodes", "lists", "relations"):
        cursor = {"table": 0, "row": 0, "field": 0, "array": 0}
        while cursor["table"] != -1:
            cursor = post("/s/d/export", {"fileType": kind, "cursor": cursor})["cursor"]
    said.append("export %.1f s" % (time.monotonic() - begin))
    names = (("private", "RssAnon"), ("mapped files", "RssFile"), ("most of both", "VmHWM"))
    said.append("memory, MiB: " + ", ".join("%s %d" % (what, memory(process, name)) for what, name in names))
    print("\n".join(said))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--database", default="{connector: sqlite}")
    options = parser.parse_args()
    random.seed(1)
    with tempfile.TemporaryDirectory() as folder:
        config = "{port: %d, databases: {default: %s}}" % (PORT, options.database)
        command = [options.binary, "engine", "--data", folder, "--service-bytes", "100000000"]
        process = subprocess.Popen(command, env=dict(os.environ, PRISMA_CONFIG=config, RUST_LOG="warn"),
                                   stdout=subprocess.PIPE)
        try:
            process.stdout.readline()
            print("memory before, MiB: %d" % memory(process, "VmRSS"))
            measure(process)
        finally:
            process.kill()
            process.wait()


if __name__ == "__main__":
    main()
