"""Prints the address of a PostgreSQL server for the tests; else the reason, with exit code 1."""

import os
import sys

import psycopg

DEFAULT = "postgresql://postgres@127.0.0.1:5432/huiyin"


def main() -> int:
    address = os.environ.get("HUIYIN_TEST_POSTGRES") or DEFAULT
    try:
        # Django makes test_<name> from the server's own database "postgres".
        with psycopg.connect(address, dbname="postgres", connect_timeout=3) as link:
            row = link.execute("select rolcreatedb from pg_roles where rolname = current_user")
            may_create = row.fetchone()
    except psycopg.Error as error:
        first_line = str(error).strip().splitlines()[0]
        print(f"no server answers; set HUIYIN_TEST_POSTGRES ({first_line})")
        return 1
    if not may_create or not may_create[0]:
        print("the role of HUIYIN_TEST_POSTGRES may not create databases")
        return 1
    print(address)
    return 0


if __name__ == "__main__":
    sys.exit(main())
