"""The application's pages, small: python3 server.py start new|old, stop. The old version knows organisations, the new one settings."""

import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HERE = pathlib.Path(__file__).parent
PID = HERE / "server.pid"
LOG = HERE / "server.log"

NAME = {
    "new": "select (select value from setting where key = 'ORG_NAME'), (select count(*) from activity)",
    "old": "select coalesce((select name from organizations), 'nobody'), (select count(organization_id) from activity)",
}


def serve(version):
    class Pages(BaseHTTPRequestHandler):
        def do_GET(self):
            try:
                names = [name_in(file) for file in sorted(HERE.glob("customers/*/instance/minipass.db"))]
                self.answer(200, f"{version}: " + ", ".join(names))
            except sqlite3.Error as error:
                self.answer(500, f"{version}: error: {error}")

        def answer(self, status, text):
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            if status >= 500:
                print(text, flush=True)

        def log_message(self, *_):
            pass

    def name_in(file):
        db = sqlite3.connect(file)
        try:
            return str(db.execute(NAME[version]).fetchone()[0])
        finally:
            db.close()

    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Pages).serve_forever()


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


def start(version):
    stop()
    with LOG.open("w") as log:
        process = subprocess.Popen([sys.executable, __file__, "serve", version], start_new_session=True, stdout=log, stderr=log)
    PID.write_text(str(process.pid))
    for _ in range(500):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{os.environ['PORT']}/login")
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.02)
    sys.exit("the server does not answer")


{"start": start, "stop": stop, "serve": serve}[sys.argv[1]](*sys.argv[2:])
