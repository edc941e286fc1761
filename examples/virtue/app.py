"""One replica of the application: `python3 app.py NAME`, until it is ended. It writes the port that it listens on into NAME.port."""

import http.server
import os
import pathlib
import sys

import psycopg2

DATABASE = os.environ.get("DATABASE_URL") or os.environ["BELAY_DATABASE_URL"]


def dashboard():
    """What a sponsor sees: by the organizational model where its flag is on and it is there, else as before."""
    connection = psycopg2.connect(DATABASE)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("select enabled from feature_flags where flag_name = 'organizational_model'")
            enabled = cursor.fetchone()[0]
            cursor.execute("select to_regclass('public.practitioner_assignments') is not null")
            model = enabled and cursor.fetchone()[0]
            cursor.execute(
                "select count(*) from practitioner_assignments where active"
                if model
                else "select count(*) from sponsor_practitioner_relationships where active"
            )
            return f"{'organizations' if model else 'sponsors'}: {cursor.fetchone()[0]}\n"
    finally:
        connection.close()


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            status, text = 200, dashboard()
        except psycopg2.Error as error:
            status, text = 500, str(error)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    pathlib.Path(f"{sys.argv[1]}.port").write_text(str(server.server_port))
    server.serve_forever()
