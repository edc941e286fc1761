"""The lending application, as small as it can be and still be one: `python3 app.py start|stop INSTANCE`, and `serve` in the foreground."""

import http.server
import os
import pathlib
import signal
import subprocess
import sys
import time
import urllib.request

from instance import columns_of, connect, tables_of

PORT_FILE = pathlib.Path("app.port")
PID_FILE = pathlib.Path("app.pid")


class Page(http.server.BaseHTTPRequestHandler):
    """`/INSTANCE/` shows what people look at after a deploy: that everything is there, and which of the new features."""

    def do_GET(self):
        try:
            text = page(self.path.strip("/"))
            status = 200
        except Exception as error:  # an application that shows why it does not work
            text, status = f"{error}\n", 500
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


def page(instance):
    db = connect(instance)
    counts = {table: db.execute(f"select count(*) from {table}").fetchone()[0] for table in ("users", "loan", "payment")}
    features = [
        *(["cashback"] if "cashback_transaction" in tables_of(db) else []),
        *(["splitting"] if "split_loan_id" in columns_of(db, "payment") else []),
    ]
    db.close()
    return " ".join([*(f"{table}={count}" for table, count in counts.items()), f"features={','.join(features) or 'none'}"]) + "\n"


def serve():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "0"))), Page)
    PORT_FILE.write_text(str(server.server_port))
    server.serve_forever()


def start(instance):
    PORT_FILE.unlink(missing_ok=True)
    child = subprocess.Popen([sys.executable, __file__, "serve"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    PID_FILE.write_text(str(child.pid))
    for _ in range(200):
        if PORT_FILE.exists() and PORT_FILE.read_text():
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT_FILE.read_text()}/{instance}/") as answer:
                print(answer.read().decode(), end="")
            return
        time.sleep(0.05)
    sys.exit("the application does not answer")


def stop():
    if not PID_FILE.exists():
        return
    pid = int(PID_FILE.read_text())
    PID_FILE.unlink()
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        return
    for _ in range(200):
        if not pathlib.Path(f"/proc/{pid}").exists() or " Z " in pathlib.Path(f"/proc/{pid}/stat").read_text():
            return
        time.sleep(0.05)
    sys.exit(f"the application (pid {pid}) does not end")


if __name__ == "__main__":
    verb, instance = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "prod"
    {"serve": serve, "stop": stop, "start": lambda: start(instance)}[verb]()
