#!/usr/bin/env python3
"""Is an export of a register (docs/export.md) whole, and the chain's own?  verify.py EXPORT… [--rpc URL]
Exit code 0 equal (whole, without a chain to ask), 1 differs, 2 cannot tell. Needs the standard library alone: keccak-256 is below."""
import functools, hashlib, itertools, json, re, sys, urllib.request
M, RC, ROT, lfsr, x, y = (1 << 64) - 1, [0] * 24, [0] * 25, 1, 1, 0
for t in range(24):
    for j in range(7):
        if lfsr & 1: RC[t] |= 1 << ((1 << j) - 1)
        lfsr = lfsr << 1 ^ (0x171 if lfsr & 0x80 else 0)
    ROT[x + 5 * y] = (t + 1) * (t + 2) // 2 % 64
    x, y = y, (2 * x + 3 * y) % 5
RHO_PI = [(i, i % 5, ROT[i], 64 - ROT[i], i // 5 + 5 * ((2 * (i % 5) + 3 * (i // 5)) % 5)) for i in range(25)]
CHI = [(i, i - i % 5 + (i + 1) % 5, i - i % 5 + (i + 2) % 5) for i in range(25)]
@functools.lru_cache(1 << 16)
def keccak(data):
    rest, a = 136 - len(data) % 136, [0] * 25
    data += b"\x81" if rest == 1 else b"\x01" + b"\0" * (rest - 2) + b"\x80"
    for at in range(0, len(data), 136):
        for i in range(17): a[i] ^= int.from_bytes(data[at + 8 * i:at + 8 * i + 8], "little")
        for rc in RC:
            c = [a[i] ^ a[i + 5] ^ a[i + 10] ^ a[i + 15] ^ a[i + 20] for i in range(5)]
            d = [c[i - 1] ^ (c[i - 4] << 1 & M | c[i - 4] >> 63) for i in range(5)]
            b = [0] * 25
            for i, column, left, right, to in RHO_PI:
                lane = a[i] ^ d[column]
                b[to] = lane << left & M | lane >> right
            a = [b[i] ^ (~b[j] & b[k]) for i, j, k in CHI]; a[0] ^= rc
    return b"".join(lane.to_bytes(8, "little") for lane in a[:4])
def number(value): return int(value, 16) if isinstance(value, str) else value
def headed(seq, *values): return hashed(*values)[:58] + f"{seq:08x}"
def hashed(*values): return "0x" + keccak(b"".join(number(value).to_bytes(32, "big") for value in values)).hex()
ZERO, NOBODY = "0x" + "0" * 64, "0x" + "0" * 40
WORD, ADDRESS, AMOUNT, BITS = r"0x[0-9a-f]{64}", r"0x[0-9a-f]{40}", r"0|[1-9][0-9]{0,28}", dict(seq=32, kind=8, basis=16)
FORMS = dict(format="genbo-register-export", issue="iss_[0-9a-f]{32}", sha256="[0-9a-f]{64}")
FORMS.update({name: ADDRESS for name in "token registry wallet from to".split()}, units=AMOUNT, totalUnits=AMOUNT)
FORMS.update({name: WORD for name in "ref genesis hash recordsHead head data root particulars record".split()})
FIELDS = {"header": "format version issue ref token chainId genesis registry block hash time records recordsHead entries head "
          "units holders accounts", "record": "seq wallet record particulars head block hash time", "entry": "seq kind basis "
          "units from to ref data head block hash time totalUnits totalHolders totalAccounts", "end": "records entries root sha256"}
class Differs(Exception): pass
def differs(at, seq, fault): raise Differs(at, seq, fault)
def parse(raw):  # A line with exactly the fields of its type, each of its form; else None.
    try: text = json.dumps(line := json.loads(raw.decode()), separators=(",", ":")).encode()
    except (ValueError, RecursionError): return None
    kind = line.get("type") if isinstance(line, dict) and text == raw else None  # written otherwise, a field may stand twice
    if kind not in ("header", "record", "entry", "end") or set(line) != {"type", *FIELDS[kind].split()}: return None
    for name in FIELDS[kind].split():
        form, value = FORMS.get(name), line[name]
        if not (type(value) is int if form is None else type(value) is str and re.fullmatch(form, value)): return None
        if form in (None, AMOUNT) and not 0 <= int(value) < 1 << (96 if form else BITS.get(name, 48)): return None
        if form is AMOUNT: line[name] = int(value)
    return line if line.get("version", 3) == 3 else None
class Register:  # The fold. holdings: account -> [units, encumbered, {day: units}]; holds: ref -> [account, units, kind].
    def __init__(self): self.holdings, self.holds, self.persons, self.units = {}, {}, {}, 0
    def encumber(self, account, units):
        holding = self.holdings[account] if units else [0, 0]; holding[1] += units
        if not 0 <= holding[1] <= holding[0]: raise ValueError
    def take(self, account, units, named, encumbered):
        holding, taken = self.holdings[account], {}
        if holding[0] - (0 if encumbered else holding[1]) < units: raise ValueError
        for day in sorted(holding[2], key=lambda day: (day != named, day)):
            taken[day] = min(units - sum(taken.values()), holding[2][day])
        holding[2] = {day: left - taken[day] for day, left in holding[2].items() if left > taken[day]}
        holding[:2] = holding[0] - units, holding[1] - (units if encumbered else 0)
        if not holding[0]: del self.holdings[account]
        return {day: part for day, part in taken.items() if part}
    def put(self, account, lots, encumbered=0):
        if account not in self.persons: raise ValueError
        units, held, own = self.holdings.get(account, (0, 0, {}))
        own = {day: own.get(day, 0) + lots.get(day, 0) for day in {**own, **lots}}
        self.holdings[account] = [units + sum(lots.values()), held + encumbered, own]
    def move(self, e, keeps, encumbered):
        if e["units"] == 0 or e["from"] == e["to"]: raise ValueError
        days = [int(e["data"][50 + 4 * i:54 + 4 * i], 16) for i in range(4)]
        lots = {days[1] or (e["time"] + 32400) // 86400: e["units"]}
        if e["from"] != NOBODY:
            taken = self.take(e["from"], e["units"], days[3], encumbered)
            lots = taken if keeps else lots
        if e["to"] != NOBODY: self.put(e["to"], lots, e["units"] if e["kind"] == 17 else 0)
        self.units += e["units"] * ((e["from"] == NOBODY) - (e["to"] == NOBODY))
    def fold(self, e):
        kind, units, source, to, ref, first = e["kind"], e["units"], e["from"], e["to"], e["ref"], int(e["data"][2], 16)
        ratio = lambda was: was * number("0x" + e["data"][18:34]) // number("0x" + e["data"][50:])
        if 1 <= kind <= 5:
            if (source == NOBODY, to == NOBODY) != (kind == 1, kind == 2): raise ValueError
            self.move(e, kind == 5 or first & 1, False)
        elif kind == 6:
            self.holds[ref] = [source, units if source != to else 0, first]; self.encumber(source, self.holds[ref][1])
        elif kind in (8, 9):
            self.holds[ref][1] -= units
            self.move(e, False, True) if kind == 8 else self.encumber(source, -units)
        elif kind == 10 and source != to:
            self.holds[ref][0] = to
            if units: self.put(to, self.take(source, units, 0, True), units)
        elif kind == 17:  # a hold goes to whoever succeeds its holder, and a part of it to one of several
            if units > self.holds[ref][1]: raise ValueError
            if units: self.move(e, first & 1, True)
            self.holds[ref][1] -= units
            self.holds["0x" + "f" * 23 + "e" + hashed(ref, to)[26:] if first & 2 else ref] = [to, units, self.holds[ref][2]]
        elif (kind == 10 or kind == 12 and to == NOBODY != source) and self.holds[ref][2] != 6:
            if kind == 12 and units != ratio(self.holds[ref][1]): raise ValueError
            self.encumber(source, units - self.holds[ref][1]); self.holds[ref][1] = units
        elif kind == 13 and e["basis"] == 18 and to in self.holdings:  # wrongly dated units get their right day
            lots, right, wrong = self.holdings[to][2], int(e["data"][54:58], 16), int(e["data"][62:66], 16)
            moved = min(units, lots.get(wrong, 0)) if right not in (0, wrong) else 0
            lots = {**lots, wrong: lots.get(wrong, 0) - moved, right: lots.get(right, 0) + moved}
            self.holdings[to][2] = {day: part for day, part in lots.items() if part}
        elif kind == 12 and source == to != NOBODY:  # lots keep their days: each ends where the floor of their sum does
            held, encumbered, lots = self.holdings.get(source, (0, 0, {}))
            ends = [ratio(end) for end in itertools.accumulate([0, *(lots[day] for day in sorted(lots))])]
            if units != ends[-1] or encumbered > units: raise ValueError
            lots = {day: end - start for day, start, end in zip(sorted(lots), ends, ends[1:]) if end > start}
            self.holdings[source], self.units = [units, encumbered, lots], self.units + units - held
            if not units: del self.holdings[source]
        elif kind not in (7, 10, 11, 12, 13, 14, 15, 16) or kind == 12 and source == NOBODY and units != self.units: raise ValueError
    def sums(self): return self.units, len({self.persons[account] for account in self.holdings}), len(self.holdings)
    def root(self):
        days = lambda lots: hashed(*(each for lot in sorted(lots.items()) for each in lot))
        leaves = [(number(account), hashed(hashed(account, units, held, days(lots)))) for account, (units, held, lots) in sorted(self.holdings.items())]
        return joined(leaves) if leaves else ZERO
def joined(part):  # the highest bit in which accounts differ parts them
    if len(part) == 1: return part[0][1]
    high = [account >> (part[0][0] ^ part[-1][0]).bit_length() - 1 & 1 for account, _ in part].index(1)
    return hashed(*sorted((joined(part[:high]), joined(part[high:]))))
def chained(at, line, last, head_of):  # The head after a line whose number must follow `last`.
    seq, head = last + 1, head_of(last + 1)
    if head == line["head"]: return head if line["seq"] == seq else differs(at, seq, "NUMBER_DIFFERS")
    if line["seq"] == seq: differs(at, seq, "HEAD_DIFFERS")
    differs(at, *((seq, "MISSING") if line["seq"] > seq else (line["seq"], "OUT_OF_ORDER")))
def read(raws, found):
    """Goes through the lines. `found` gets the header, what was recomputed, and which line named a block first."""
    register, digest, header, ended, in_records, n, m, head, records_head = Register(), hashlib.sha256(), None, False, True, 0, 0, ZERO, ZERO
    for raw in [*raws, None]:
        found.update(header=header, entries=n, head=head, records=m, recordsHead=records_head, units=register.units)
        place = ("header", None) if header is None else ("record", m + 1) if in_records and m < header["records"] else \
            ("entry", n + 1) if n < header["entries"] else ("end", None)
        if raw is None: return "whole" if ended else differs(*place, "MISSING")
        if ended: differs("end", None, "OUT_OF_ORDER")
        line = parse(raw) or differs(*place, "UNREADABLE")
        kind = line["type"]
        if (kind == "header") != (header is None): differs("header", None, "OUT_OF_ORDER" if header else "MISSING")
        if kind == "header":
            header = line
            if line["ref"] != "0x" + hashlib.sha256(line["issue"].encode()).hexdigest(): differs("header", None, "SUM_DIFFERS")
        elif kind == "record":
            records_head = chained(kind, line, m, lambda seq: headed(seq, records_head, line["wallet"], line["record"], line["particulars"]))
            if not in_records: differs(kind, line["seq"], "OUT_OF_ORDER")
            m, register.persons[line["wallet"]] = m + 1, line["record"][:26]
        elif in_records:
            in_records = False
            if m < header["records"] and records_head != header["recordsHead"]: differs("record", m + 1, "MISSING")
            if (m, records_head) != (header["records"], header["recordsHead"]): differs("header", None, "SUM_DIFFERS")
        if kind == "entry":
            packed = number(line["from"]) << 96 | line["units"], number(line["to"]) << 96 | line["basis"] << 8 | line["kind"]
            head, n = chained(kind, line, n, lambda seq: headed(seq, head, *packed, line["ref"], line["data"])), n + 1
            if n == 1 and line["ref"] != header["ref"]: differs("header", None, "SUM_DIFFERS")
            try: register.fold(line)
            except (ValueError, KeyError): differs(kind, n, "IMPOSSIBLE")
            if register.sums() != (line["totalUnits"], line["totalHolders"], line["totalAccounts"]): differs(kind, n, "SUM_DIFFERS")
        if ended := kind == "end":
            if n < header["entries"] and head != header["head"]: differs("entry", n + 1, "MISSING")
            says = tuple(header[f] for f in "entries head units holders accounts".split())
            if says != (n, head, *register.sums()): differs("header", None, "SUM_DIFFERS")
            if (m, n, register.root()) != (line["records"], line["entries"], line["root"]): differs(kind, None, "SUM_DIFFERS")
            if digest.hexdigest() != line["sha256"]: differs("end", None, "BYTES_DIFFER")
        else:
            digest.update(raw + b"\n")
            found.setdefault("blocks", {}).setdefault((line["block"], line["hash"], line["time"]), (kind, line.get("seq")))
def ask(url, calls):
    body = json.dumps([dict(jsonrpc="2.0", id=i, method=m, params=p) for i, (m, p) in enumerate(calls)]).encode()
    with urllib.request.urlopen(urllib.request.Request(url, body, {"content-type": "application/json"})) as answer:
        return [each.get("result") for each in sorted(json.load(answer), key=lambda each: each["id"])]
def check_chain(url, found):
    header, blocks = found["header"], list(found["blocks"].items())
    chain, genesis = ask(url, [("eth_chainId", []), ("eth_getBlockByNumber", ["0x0", False])])
    if (int(chain, 16), genesis["hash"]) != (header["chainId"], header["genesis"]): differs("header", None, "CHAIN_DIFFERS")
    for part in (blocks[at:at + 200] for at in range(0, len(blocks), 200)):
        for (claim, place), block in zip(part, ask(url, [("eth_getBlockByNumber", [hex(c[0]), False]) for c, _ in part])):
            if block is None or (block["hash"], int(block["timestamp"], 16)) != claim[1:]: differs(*place, "CHAIN_DIFFERS")
    views = "token seq entries", "token head head", "token totalSupply units", "registry seq records", "registry head recordsHead"
    views = [(of, view, found[name]) for of, view, name in map(str.split, views)]
    ask_at = lambda at: ask(url, [("eth_call", [dict(to=header[of], data="0x" + keccak(f"{view}()".encode()).hex()[:8]), at]) for of, view, _ in views])
    answers = ask_at(hex(header["block"]))
    if "0x" in answers: differs("header", None, "NO_CONTRACT")
    if None in answers:  # that block's state is forgotten: the latest will do while nothing has entered since
        answers = ask_at("latest")
        if any(view == "seq" and int(said, 16) > is_so for (_, view, is_so), said in zip(views, answers)): return "cannot tell"
    if any(int(said, 16) != number(is_so) for (_, _, is_so), said in zip(views, answers)): differs("header", None, "CHAIN_DIFFERS")
    return "equal"
if __name__ == "__main__":
    code, url = 0, sys.argv.pop(sys.argv.index("--rpc") + 1) if "--rpc" in sys.argv else None
    for path in (path for path in sys.argv[1:] if path != "--rpc"):
        verdict, finding, found = "whole", (None, None, None), {}
        with open(path, "rb") as file: raws = file.read().removesuffix(b"\n").split(b"\n")
        for check in [lambda: read(raws, found), lambda: check_chain(url, found)][:2 if url else 1]:
            if finding[0] not in (None, "end"): break  # nothing more can be said
            try: verdict = check() if finding[0] is None else check() and verdict
            except Differs as error: verdict, finding = "differs", error.args
        print(json.dumps(dict(verdict=verdict, **dict(zip(("at", "seq", "fault"), finding)), entries=found["entries"], head=found["head"])))
        code = max(code, {"differs": 1, "cannot tell": 2}.get(verdict, 0))
    sys.exit(code)
