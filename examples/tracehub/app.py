"""The API, small: python3 app.py start|stop. Its token and its address come from the environment."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PID = pathlib.Path(__file__).with_name("app.pid")


class Api(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.headers.get("Authorization") != f"Bearer {os.environ['API_TOKEN']}":
            return self.answer(401, {"detail": "Not authenticated"})
        try:
            self.answer(200, organizations() if self.path == "/api/v1/organizations" else shipments())
        except Exception as error:
            self.answer(500, {"detail": type(error).__name__})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def ask(sql):
    import psycopg2

    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()
    finally:
        connection.close()


def organizations():
    rows = ask("select o.name, count(s.id) from organizations o left join shipments s on s.organization_id = o.id group by o.name")
    return [{"name": name, "shipments": count} for name, count in rows]


def shipments():
    return {"total": ask("select count(*) from shipments")[0][0]}


def stop():
    if not PID.exists():
        return
    pid = int(PID.read_text())
    PID.unlink()
    try:
        os.kill(pid, signal.SIGTERM)
        while True:
            os.kill(pid, 0)
            time.sleep(0.02)
    except ProcessLookupError:
        pass


def start():
    stop()
    process = subprocess.Popen([sys.executable, __file__, "serve"], start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    PID.write_text(str(process.pid))
    for _ in range(500):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{os.environ['PORT']}/")
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.02)
    sys.exit("the API does not answer")


def serve():
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Api).serve_forever()


{"start": start, "stop": stop, "serve": serve}[sys.argv[1]]()
