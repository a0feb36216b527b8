#!/usr/bin/env python3
"""Checks each object of a bucket in S3 by a signed link, on a Spark cluster:

    spark-submit check_bucket.py BUCKET OUTPUT [--prefix PREFIX]… [--hook "preflight hook --policy whatsapp-cloud"]

OUTPUT, a folder that all workers can write, gets three tables in Parquet: `keys` is what the bucket has, `results` what
preflight says of each key, and `codes` how many objects each code was found in. After a crash, run it again: it goes on with the
keys that have no result. Workers need boto3, credentials as usual, and preflight on the path.
"""

import argparse
import json
import math
import os
from typing import Any, Iterable, Iterator, List, Tuple

import boto3
import botocore.config
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

# The links of a partition are signed when it begins. At eight requests at a time, each with the longest time that a server
# gets (20 s), 1,000 take 42 minutes.
LINK_SECONDS = 3600
PARTITION = 1000
# What a server may answer otherwise later is asked in so many rounds.
ROUNDS = 3
LATER = ["url-unreachable", "url-status", "url-expired"]

ANSWER = """
    id STRING, verdict STRING, endpoint STRING, mediaType STRING, size BIGINT, facts STRING,
    url STRUCT<status: INT, milliseconds: INT>,
    findings ARRAY<STRUCT<code: STRING, severity: STRING, message: STRING>>
"""


def s3_client() -> Any:
    return boto3.client("s3", config=botocore.config.Config(signature_version="s3v4"))


def list_keys(bucket: str, prefixes: Iterable[str]) -> Iterator[Tuple[str]]:
    s3 = s3_client()
    for prefix in prefixes:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for entry in page.get("Contents", []):
                # Folders that the console makes are empty objects.
                if not entry["Key"].endswith("/"):
                    yield (entry["Key"],)


def requests(bucket: str, keys: Iterable[Any]) -> List[str]:
    """A request of the hook for each key. A list: an error of a generator would leave `pipe` waiting for ever."""
    s3, lines = s3_client(), []
    for (key,) in keys:
        place = {"Bucket": bucket, "Key": key}
        link = s3.generate_presigned_url("get_object", Params=place, ExpiresIn=LINK_SECONDS)
        lines.append(json.dumps({"id": key, "file": link}))
    return lines


def check(spark: SparkSession, bucket: str, keys: DataFrame, hook: str) -> DataFrame:
    # By key, so that a partition that is made again, because its worker was lost, is the same. It also spreads each folder
    # over all partitions, so that no part of the bucket gets all requests at once.
    count = math.ceil(keys.count() / PARTITION)
    links = keys.repartition(max(count, 1), "key").rdd.mapPartitions(lambda rows: requests(bucket, rows))
    # Without checkCode, the answers of a hook that was killed would be missing, and nobody would know.
    environment = {name: os.environ[name] for name in ("PATH", "MAGIC", "SSL_CERT_FILE") if name in os.environ}
    answers = spark.read.json(links.pipe(hook, env=environment, checkCode=True), schema=ANSWER, mode="FAILFAST")
    # No link is kept, since whoever has it has the object: neither the path, nor the command of a remedy, nor where a server
    # redirects to.
    message = r"regexp_replace(finding.message, r'\?\S*X-Amz-\S*', '') AS message"
    findings = f"transform(findings, finding -> struct(finding.code, finding.severity, {message})) AS findings"
    return answers.selectExpr(
        "id AS key", "verdict", "endpoint", "mediaType AS media_type", "size", "url.status", "url.milliseconds", findings, "facts"
    )


def exists(spark: SparkSession, place: str) -> bool:
    jvm: Any = spark._jvm
    path = jvm.org.apache.hadoop.fs.Path(place)
    return bool(path.getFileSystem(spark._jsc.hadoopConfiguration()).exists(path))


def missing(spark: SparkSession, keys: DataFrame, output: str) -> DataFrame:
    """The keys that have no result yet."""
    if not exists(spark, f"{output}/results"):
        return keys
    return keys.join(spark.read.parquet(f"{output}/results"), "key", "left_anti")


def codes(results: DataFrame) -> DataFrame:
    findings = results.select("key", F.explode("findings").alias("finding")).select("key", "finding.*")
    example = F.min(F.struct("key", "message")).alias("example")
    table = findings.groupBy("code", "severity").agg(F.count_distinct("key").alias("objects"), example)
    return table.select("code", "severity", "objects", F.col("example.key").alias("key"), "example.message").orderBy(
        F.desc("objects"), "code"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Checks each object of a bucket in S3 by a signed link.")
    parser.add_argument("bucket")
    parser.add_argument("output", help="the folder of the tables, as Spark names it: a path, hdfs://…")
    parser.add_argument("--prefix", action="append", help="only keys that begin so; may be repeated, and is listed in parallel")
    parser.add_argument("--keys", help="Parquet with a column `key`, such as an S3 Inventory; nothing is listed")
    parser.add_argument("--batch", type=int, default=1_000_000, help="so many results are written at once; a crash loses no more")
    parser.add_argument("--hook", default="preflight hook", help="the command on the workers, with its options")
    arguments = parser.parse_args()
    bucket, output, prefixes = arguments.bucket, arguments.output, arguments.prefix or [""]
    # The hook asks one host for no more than eight files at a time.
    hook = f"{arguments.hook} --jobs 8 --unordered --fail-on never"

    spark = SparkSession.builder.appName(f"preflight {bucket}").getOrCreate()
    # What is checked is written down first: a bucket that is listed again may have other keys.
    if not exists(spark, f"{output}/keys/_SUCCESS"):
        if arguments.keys:
            listed = spark.read.parquet(arguments.keys).select("key").where(~F.col("key").endswith("/"))
        else:
            ranges = spark.sparkContext.parallelize(prefixes, len(prefixes))
            listed = spark.createDataFrame(ranges.mapPartitions(lambda some: list_keys(bucket, some)), "key STRING")
        listed.distinct().write.mode("overwrite").parquet(f"{output}/keys")
    keys = spark.read.parquet(f"{output}/keys")

    for number in range(ROUNDS):
        left = missing(spark, keys, output)
        batches = math.ceil(left.count() / arguments.batch)
        for batch in range(batches):
            results = check(spark, bucket, left.where(F.pmod(F.xxhash64("key"), F.lit(batches)) == batch), hook)
            if number < ROUNDS - 1:
                later = F.arrays_overlap("findings.code", F.lit(LATER)) | (F.col("verdict") == "unjudged")
                results = results.where(~later)
            results.write.mode("append").parquet(f"{output}/results")

    results = spark.read.parquet(f"{output}/results")
    count = results.agg(F.count("key"), F.count_distinct("key")).first()
    if count is None or tuple(count) != (keys.count(), keys.count()):
        raise SystemExit(f"{keys.count()} keys, but {count} results")
    codes(results).coalesce(1).write.mode("overwrite").parquet(f"{output}/codes")
    results.groupBy("verdict").count().orderBy("verdict").show()
    spark.read.parquet(f"{output}/codes").select("code", "severity", "objects", "key").show(100, truncate=60)
    spark.stop()


if __name__ == "__main__":
    main()
