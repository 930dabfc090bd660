"""Records with everything in them that JSON parsers get wrong, as raw text: it must arrive as it stands."""

import re

# Never made by a serializer, which would tidy it up. @ is the index.
ODD = (
    r'"price":1.10,"huge":1e400,"tiny":-1E-400,"exp":2E+05',
    r'"decimal":123456789012345678901234567890.@,"pi":3.14159265358979323846264338327950288',
    r'"nul":"a\u0000b","control":"\u001F\b\f\n\r\t\/\\\"","tail":"ends in \\"',
    r'"lone":"\ud800","low":"x\uDC00y","pair":"\ud83d\ude00","swapped":"\ude00\ud83d"',
    '"raw":"\U0001f600 \U0001d518 \u6f22\u5b57 \u00e9 \u2028\u2029\u007f\ufeff \uffff \U0010ffff"',
    r'"empty":[[],{},"",[[]],{"":{}}],"nothing":null',
    r'"nested":{"results":[{"total":-1,"data":[1,2,[3,{"x":null}]]}],"yes":true,"no":false},"count":@',
    r'"k\u0065y\n\"":1,"":2,"i ":3,"results":[],"\u0000":4',
    r'"zero":-0,"fzero":-0.0,"ezero":0e+1,"max":18446744073709551615,"min":-9223372036854775808',
    r'"braces":"]}[{\"]}","open":"[[[{{{","comma":",:,","quote":"\"\"\\\"","escape":"\\u0041"',
    r'"twice":1,"twice":"@"',
    '"deep":' + "[" * 60 + "@" + "]" * 60,
)
SPACED = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^"\[\]{},:\s]+')


def odd(i):
    text = ODD[i % len(ODD)].replace("@", str(i))
    if i % 97 == 5:
        text += f',"long":"{chr(97 + i % 26) * (2000 + i % 3000)}"'
    return f'{{"id":{9007199254740993 + 2 * i},"i":{i},{text}}}'.encode()


def flat(i):
    day = f"2013-{i % 12 + 1:02}-{i % 28 + 1:02}"
    return (
        f'{{"id":{9007199254740993 + 2 * i},"i":{i},"name":"name {i}","price":{i}.10,'
        f'"ok":{"true" if i % 3 else "false"},"day":"{day}","at":"{day}T0{i % 10}:30:00Z",'
        f'"tags":["a","{i % 7}"],"place":{{"x":{i / 4},"y":null}}}}'
    ).encode()


def mixed(i):
    return (odd(i), b"%d" % i, b'"s\\n%d"' % i, b"null", b"[%d,[]]" % i, b"true", b"-0.0", b"[]", b"{}")[i % 9]


def pretty(text):
    """White space everywhere JSON allows it, the tokens as they were."""
    out, depth = [], 0
    for match in SPACED.finditer(text):
        token = match.group()
        depth += (token in b"[{") - (token in b"]}")
        after = b"\n" + b"  " * depth if token in b"[{,]}" else b"\t \r\n" if token == b":" else b" "
        out += [token, after]
    return b"".join(out)
