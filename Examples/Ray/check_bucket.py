#!/usr/bin/env python3
"""Checks each object of a bucket in S3 by a signed link, with Ray Data:

    python check_bucket.py BUCKET OUTPUT [--prefix PREFIX]… [--option=--policy=whatsapp-cloud]…

OUTPUT, a new folder that all machines share, gets three tables in Parquet: `keys` is what the bucket has, `results` what preflight
says of each key, and `codes` how many objects each code was found in. Each machine needs boto3, credentials as usual, and the
package preflight-media.
"""

import argparse
import asyncio
import json
import os
import re
from typing import Any, Dict, Iterator, List

import boto3
import botocore.config
import pyarrow as pa
import pyarrow.parquet
import ray
from preflight_media import Preflight, PreflightTimeout
from ray.data import ActorPoolStrategy
from ray.data.aggregate import Count

# The links of a batch are signed when it begins, and again for what is asked again.
LINK_SECONDS = 3600
BATCH = 1000
# What a server may answer otherwise later is asked so often, with as many seconds between.
ROUNDS = 3
PAUSE = 5
LATER = {"url-unreachable", "url-status", "url-expired"}
# What gives access in a link.
LINK = r"\?\S*X-Amz-\S*"

FINDING = pa.struct([(name, pa.string()) for name in ("code", "severity", "message")])
RESULT = pa.schema([
    ("key", pa.string()), ("verdict", pa.string()), ("endpoint", pa.string()), ("media_type", pa.string()), ("size", pa.int64()),
    ("status", pa.int32()), ("milliseconds", pa.int32()), ("findings", pa.list_(FINDING)), ("facts", pa.string()),
])


def s3_client() -> Any:
    return boto3.client("s3", config=botocore.config.Config(signature_version="s3v4"))


def pages(bucket: str, prefixes: List[str]) -> Iterator[List[str]]:
    s3 = s3_client()
    for prefix in prefixes:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            # Folders that the console makes are empty objects.
            yield [entry["Key"] for entry in page.get("Contents", []) if not entry["Key"].endswith("/")]


def write_keys(bucket: str, prefixes: List[str], path: str) -> None:
    """Writes down what is checked, a page at a time."""
    with pyarrow.parquet.ParquetWriter(path, pa.schema([("key", pa.string())])) as writer:
        for keys in pages(bucket, prefixes):
            writer.write_table(pa.table({"key": pa.array(keys, pa.string())}))


class Checker:
    """An actor of Ray: it has a hook of its own, which lives as long."""

    def __init__(self, bucket: str, options: List[str]) -> None:
        self.bucket, self.s3 = bucket, s3_client()
        # The hook asks one host for no more than eight files at a time.
        self.preflight = Preflight("--jobs=8", *options)

    def __call__(self, batch: pa.Table) -> pa.Table:
        rows = asyncio.run(self.rows(batch["key"].to_pylist()))
        return pa.Table.from_pylist(rows, RESULT)

    async def rows(self, keys: List[str]) -> List[Dict[str, Any]]:
        rows: Dict[str, Dict[str, Any]] = {}
        for number in range(ROUNDS):
            left = [key for key in keys if key not in rows or is_for_later(rows[key])]
            if number > 0 and left:
                await asyncio.sleep(PAUSE)
            rows.update(zip(left, await asyncio.gather(*map(self.row, left))))
        return [rows[key] for key in keys]

    async def row(self, key: str) -> Dict[str, Any]:
        place = {"Bucket": self.bucket, "Key": key}
        link = self.s3.generate_presigned_url("get_object", Params=place, ExpiresIn=LINK_SECONDS)
        try:
            answer = await self.preflight.check_async(link)
        except PreflightTimeout as error:
            timeout = {"code": "timeout", "severity": "error", "message": str(error)}
            return {"key": key, "verdict": "unjudged", "findings": [timeout]}
        # No link is kept, since whoever has it has the object: neither the path, nor the command of a remedy, nor where a server
        # redirects to.
        findings = [
            {**{name: finding[name] for name in ("code", "severity")}, "message": re.sub(LINK, "", finding["message"])}
            for finding in answer["findings"]
        ]
        url = answer.get("url") or {}
        return {
            "key": key, "verdict": answer["verdict"], "endpoint": answer["endpoint"], "media_type": answer["mediaType"],
            "size": answer["size"], "status": url.get("status"), "milliseconds": url.get("milliseconds"),
            "findings": findings, "facts": json.dumps(answer["facts"]),
        }


def is_for_later(row: Dict[str, Any]) -> bool:
    return row["verdict"] == "unjudged" or any(finding["code"] in LATER for finding in row["findings"])


def codes_of(row: Dict[str, Any]) -> List[Dict[str, Any]]:
    """A row for each code of an object."""
    found = {(finding["code"], finding["severity"]) for finding in row["findings"]}
    return [{"code": code, "severity": severity} for code, severity in found]


def main() -> None:
    parser = argparse.ArgumentParser(description="Checks each object of a bucket in S3 by a signed link.")
    parser.add_argument("bucket")
    parser.add_argument("output", help="a new folder, which all machines share")
    parser.add_argument("--prefix", action="append", help="only keys that begin so; may be repeated")
    parser.add_argument("--keys", help="Parquet with a column `key`, such as an S3 Inventory; nothing is listed")
    parser.add_argument("--option", action="append", default=[], help="of preflight hook, such as --option=--policy=telegram")
    parser.add_argument("--actors", type=int, default=2, help="how many hooks run at a time (default: 2)")
    arguments = parser.parse_args()
    output = os.path.abspath(arguments.output)
    os.mkdir(output)
    if not arguments.keys:
        write_keys(arguments.bucket, arguments.prefix or [""], f"{output}/keys.parquet")
    keys = ray.data.read_parquet(arguments.keys or f"{output}/keys.parquet", columns=["key"])
    results = keys.repartition(target_num_rows_per_block=BATCH).map_batches(
        Checker, fn_constructor_args=(arguments.bucket, arguments.option), batch_size=BATCH, batch_format="pyarrow",
        # An actor mostly waits for servers. With a CPU for each, none may be left for the other steps, which then never run.
        compute=ActorPoolStrategy(size=arguments.actors), num_cpus=0.5, zero_copy_batch=True,
    )
    results.write_parquet(f"{output}/results")

    written = ray.data.read_parquet(f"{output}/results")
    distinct = len(written.unique("key"))
    count = keys.count()
    if not count == distinct == written.count():
        raise SystemExit(f"{count} keys, but {written.count()} results of {distinct}")
    table = written.flat_map(codes_of).groupby(["code", "severity"]).aggregate(Count(alias_name="objects"))
    table.repartition(1).write_parquet(f"{output}/codes")
    print(written.groupby("verdict").count().to_pandas())


if __name__ == "__main__":
    main()
