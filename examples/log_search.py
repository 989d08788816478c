"""A small search engine over web-server logs: a program worth profiling.

It invents a log, parses and indexes it while two other threads work beside it, then answers queries and reports.
Everything comes from a fixed seed, so two runs do the same work. Python 3.6 or newer, nothing but its library.
"""

import gc
import heapq
import json
import math
import queue
import re
import sys
import threading
import time
import zlib

LINES = 60000
SEGMENT_LINES = 4000
HOSTS = ("api", "shop", "static", "login", "search")
WORDS = ("cart checkout price item image thumb user token session order invoice stock color size review rating "
         "basket coupon refund address country delivery parcel login logout retry error timeout cache index").split()
LINE_PATTERN = re.compile(r"(?P<time>\d+) (?P<host>\w+) (?P<status>\d{3}) (?P<micros>\d+) (?P<body>\{.*\})$")
TOKEN_PATTERN = re.compile(r"[a-z]+")


class Random:
    """A linear congruential generator: the same numbers in every version of Python."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        self.state = (self.state * 1103515245 + 12345) & 0x7FFFFFFF
        return (self.state >> 8) % limit


# ---- the pipeline: three generators, each pulling from the one before ----

def invent_lines(count):
    random = Random(42)
    for number in range(count):
        words = [WORDS[random.below(len(WORDS))] for _ in range(8)]
        body = json.dumps({"path": "/" + "/".join(words[:3]), "note": " ".join(words), "bytes": random.below(90000)})
        status = 500 if random.below(50) == 0 else 200
        yield "%d %s %d %d %s" % (number, HOSTS[random.below(5)], status, 200 + random.below(5000) ** 2 // 900, body)


def parse_lines(lines):
    for line in lines:
        match = LINE_PATTERN.match(line)
        if match:
            entry = match.groupdict()
            entry["body"] = json.loads(entry["body"])
            yield entry


def tokenize_entries(entries):
    for entry in entries:
        text = entry["body"]["path"] + " " + entry["body"]["note"]
        yield entry, TOKEN_PATTERN.findall(text)


# ---- the index: segments in memory, merged by a thread of its own ----

class Index:
    def __init__(self):
        self.lock = threading.Lock()
        self.segments = []
        self.micros = []

    def add_segment(self, postings):
        with self.lock:
            self.segments.append(postings)

    def take_segments(self, count):
        with self.lock:
            taken, self.segments = self.segments[:count], self.segments[count:]
            return taken

    def clear(self):
        self.segments, self.micros = [], []
        gc.collect()

    def postings_of(self, word):
        return list(heapq.merge(*(segment.get(word, ()) for segment in self.segments)))


class Compactor(threading.Thread):
    """Sleeps until there is something to merge, then wants the interpreter lock for long stretches."""

    def __init__(self, index):
        super().__init__(name="compactor")
        self.index = index
        self.wanted = threading.Event()
        self.stopping = False

    def run(self):
        while not self.stopping:
            self.wanted.wait()
            self.wanted.clear()
            segments = self.index.take_segments(4)
            if segments:
                self.index.add_segment(merge_segments(segments))

    def stop(self):
        self.stopping = True
        self.wanted.set()
        self.join()


def merge_segments(segments):
    words = sorted(set().union(*segments))
    return {word: list(heapq.merge(*(segment.get(word, ()) for segment in segments))) for word in words}


class Archiver(threading.Thread):
    """Compresses what was indexed: long calls that run without the interpreter lock."""

    def __init__(self):
        super().__init__(name="archiver")
        self.blocks = queue.Queue()
        self.archived = 0

    def run(self):
        for block in iter(self.blocks.get, None):
            self.archived += len(compress_block(block))

    def stop(self):
        self.blocks.put(None)
        self.join()


def compress_block(block):
    return zlib.compress(block, 9)


class Heartbeat(threading.Thread):
    """Does next to nothing: most of its samples must be waiting ones."""

    def __init__(self, index):
        super().__init__(name="heartbeat", daemon=True)
        self.index = index
        self.beats = 0

    def run(self):
        while True:
            time.sleep(0.02)
            self.beats += len(self.index.segments) > 0


def build_index(index, compactor, archiver):
    postings, raw = {}, []
    for number, (entry, tokens) in enumerate(tokenize_entries(parse_lines(invent_lines(LINES)))):
        for position, token in enumerate(tokens):
            postings.setdefault(token, []).append((number, position))
        index.micros.append(int(entry["micros"]))
        raw.append(json.dumps(entry))
        if len(raw) == SEGMENT_LINES:
            index.add_segment(postings)
            archiver.blocks.put("\n".join(raw).encode())
            compactor.wanted.set()
            postings, raw = {}, []


# ---- the queries: a recursive evaluator, a numeric loop, a sort ----

def evaluate(query, index):
    """The documents of a query: a word, or a tuple ("and" | "or", query, query)."""
    if isinstance(query, str):
        return {number for number, _ in index.postings_of(query)}
    operator, left, right = query
    left, right = evaluate(left, index), evaluate(right, index)
    return left & right if operator == "and" else left | right


def nested_query(depth, random):
    if depth == 0:
        return WORDS[random.below(len(WORDS))]
    return ("or" if depth % 2 else "and", nested_query(depth - 1, random), nested_query(depth - 1, random))


def score_documents(documents, micros):
    best = (0.0, -1)
    for number in documents:
        score = 0.0
        for term in range(1, 7):
            score += math.log1p(micros[number] / term) / (1.0 + term * term)
        best = max(best, (score, number))
    return best


def rank_by_latency(micros):
    """Builds one big table and sorts it: this is where memory peaks. Gone as soon as the function returns."""
    table = []
    for repeat in range(7):
        table.extend((value * (repeat + 1) % 7919, number) for number, value in enumerate(micros))
    table.sort()
    return [table[len(table) * share // 100] for share in (50, 90, 99)]


def answer_queries(index):
    random = Random(7)
    for _ in range(8):
        documents = evaluate(nested_query(3, random), index)
        score, number = score_documents(sorted(documents), index.micros)
        print("  %6d documents, best is %d with %.3f" % (len(documents), number, score))


def main():
    index = Index()
    compactor, archiver, heartbeat = Compactor(index), Archiver(), Heartbeat(index)
    for thread in (compactor, archiver, heartbeat):
        thread.start()
    print("Indexing %d lines …" % LINES)
    build_index(index, compactor, archiver)
    compactor.stop()
    archiver.stop()
    print("Answering queries …")
    answer_queries(index)
    print("Percentiles:", rank_by_latency(index.micros))
    index.clear()
    time.sleep(0.4)
    print("Done: %d bytes archived." % archiver.archived)


if __name__ == "__main__":
    sys.exit(main())
