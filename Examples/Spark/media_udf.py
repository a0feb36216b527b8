"""Columns of Spark that preflight judges, with the package preflight-media on each worker:

    from media_udf import judge, judge_bytes

    urls.select("url", judge("url").alias("result")).where("result.verdict = 'rejected'")     # or paths that each worker has
    spark.read.format("binaryFile").load("s3a://media/photos").select("path", judge_bytes("content").alias("result"))
"""

import asyncio
import os
import tempfile
from typing import Any, Dict, List

import pandas as pd
from preflight_media import PreflightTimeout, check_async
from pyspark.sql.functions import pandas_udf
from pyspark.sql.types import ArrayType, StructType

# Not as text, which is parsed by a session: a module may be imported before there is one.
FINDING = StructType().add("code", "string").add("severity", "string").add("message", "string")
RESULT = StructType().add("verdict", "string").add("endpoint", "string").add("mediaType", "string").add("size", "long")
RESULT = RESULT.add("findings", ArrayType(FINDING))


async def result(path: str) -> Dict[str, Any]:
    try:
        answer = await check_async(path)
    except PreflightTimeout as error:
        # One file must not end the job; an executable that is missing ends it.
        timeout = {"code": "timeout", "severity": "error", "message": str(error)}
        return {"verdict": "unjudged", "findings": [timeout]}
    findings = [{key: finding[key] for key in ("code", "severity", "message")} for finding in answer["findings"]]
    return {**{key: answer[key] for key in ("verdict", "endpoint", "mediaType", "size")}, "findings": findings}


def results(paths: List[str]) -> pd.DataFrame:
    async def all_results() -> List[Dict[str, Any]]:
        return await asyncio.gather(*map(result, paths))

    table = pd.DataFrame(asyncio.run(all_results()), columns=["verdict", "endpoint", "mediaType", "size", "findings"])
    return table.astype({"size": "Int64"})


@pandas_udf(RESULT)
def judge(paths: pd.Series) -> pd.DataFrame:
    """Of each path or URL, what preflight says. Of a name without a file too: its verdict is "unjudged"."""
    return results(list(paths))


@pandas_udf(RESULT)
def judge_bytes(contents: pd.Series) -> pd.DataFrame:
    """Of each file's bytes, what preflight says. All of a batch are in memory: set spark.sql.execution.arrow.maxRecordsPerBatch."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, str(number)) for number in range(len(contents))]
        for path, content in zip(paths, contents):
            with open(path, "wb") as file:
                file.write(content)
        return results(paths)
