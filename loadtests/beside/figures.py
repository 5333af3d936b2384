"""From the runs of the comparison to figures: medians, ratios run by run, goals."""
import json, statistics

# Goals: (requests/s of the best limit at 8 connections, at 32), server CPU in µs, times the best peer at 8 connections.
POSTGRES = {
    "w1": ((0.85, 1.10), 42, 7.0), "w2": ((0.92, 0.95), 115, 7.0), "w3": ((0.97, 0.97), 250, 2.6),
    "w4": ((0.94, 0.94), 65, 6.5), "w5": ((0.95, 0.95), 105, 1.7), "w6": ((0.80, 0.80), 75, 1.4),
    "w7": ((0.80, 0.80), 80, 2.9), "w8": ((0.95, 0.95), 50, 2.5), "w9": ((0.80, 0.80), 72, 2.3),
}
SQLITE = {
    "w1": ((0.70, 0.65), 33), "w2": ((0.90, 0.90), 130), "w3": ((0.97, 0.97), 1450), "w4": ((0.90, 0.90), 150),
    "w5": ((0.95, 0.95), None), "w6": ((1.20, 1.20), 250), "w8": ((0.90, 0.90), 145), "w9": ((1.30, 1.30), 180),
}
BEST = ("limit, json", "limit, rows", "limit, records")


def read(path):
    """The runs of the last bench in the comparison's file."""
    with open(path) as lines:
        runs = [json.loads(line) for line in lines]
    return [run for run in runs if run["bench"] == runs[-1]["bench"]]


def rates(runs, peer, workload, connections):
    """Requests/s by repetition, of the best of several peers."""
    names = (peer,) if isinstance(peer, str) else peer
    best = {}
    for run in runs:
        if run["peer"] in names and run["w"] == workload and run["c"] == connections and not run["err"]:
            best[run["rep"]] = max(best.get(run["rep"], 0), run["rps"])
    return best


def ratio(runs, ours, theirs, workload, connections):
    """Median of ours by theirs, repetition by repetition."""
    mine, base = rates(runs, ours, workload, connections), rates(runs, theirs, workload, connections)
    both = [mine[rep] / base[rep] for rep in mine if rep in base]
    return round(statistics.median(both), 2) if both else None


def median(runs, peer, workload, connections, key):
    found = [run[key] for run in runs if run["peer"] == peer and run["w"] == workload and run["c"] == connections and not run["err"]]
    return statistics.median(found) if found else None


def line(runs, ours, base, workload, goals, peers=()):
    """What stands in one line of the table."""
    (goal8, goal32), cpu_goal, *peer_goal = goals
    cpu, p99 = median(runs, ours, workload, 8, "srv_us"), median(runs, ours, workload, 8, "p99")
    base_p99 = [median(runs, peer, workload, 8, "p99") for peer in ((base,) if isinstance(base, str) else base)]
    result = {
        "workload": workload.upper(),
        "c8": ratio(runs, ours, base, workload, 8), "c8_goal": goal8,
        "c32": ratio(runs, ours, base, workload, 32), "c32_goal": goal32,
        "requests_per_second": round(median(runs, ours, workload, 8, "rps") or 0),
        "cpu_us": round(cpu) if cpu else None, "cpu_us_goal": cpu_goal,
        "p99_ms": round(p99 / 1000, 2) if p99 else None,
        "base_p99_ms": round(min(p for p in base_p99 if p) / 1000, 2) if any(base_p99) else None,
    }
    if peers and peer_goal:
        of_peers = {peer: ratio(runs, ours, peer, workload, 8) for peer in peers}
        beside = {peer: r for peer, r in of_peers.items() if r}
        best = min(beside, key=beside.get) if beside else None
        result |= {"best_peer": best, "times_best_peer": beside.get(best), "times_best_peer_goal": peer_goal[0]}
    return result
