"""Uploads files that WhatsApp will take, and says of the others why not: check_before_upload.py FILE…"""

import sys

from preflight import check


def upload(file, media_type):
    # Here your own upload goes.
    print(f"{file}: upload it as {media_type}")


def main(files):
    refused = 0
    for file in files:
        result = check(file)
        if result["verdict"] == "accepted":
            upload(file, result["mediaType"])
            continue
        refused += 1
        for finding in result["findings"]:
            if finding["severity"] == "error":
                print(f"{file}: {finding['message']} {finding['remedy'] or ''}")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
