#!/usr/bin/python3
"""The invoice pages: /TENANT/invoices. 500 where the table is missing, as in production."""

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg2
from psycopg2 import sql


class Pages(BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            self.answer(200, self.page(self.path.strip("/").split("/")[0]))
        except psycopg2.errors.UndefinedTable as error:
            self.answer(500, f"ProgrammingError: {error}")

    def page(self, tenant):
        with psycopg2.connect(os.environ["DATABASE_URL"]) as connection, connection.cursor() as cursor:
            if tenant == "":
                return "zumodra\n"
            cursor.execute(sql.SQL("select count(*) from {}.finance_invoice").format(sql.Identifier(tenant)))
            return f"{cursor.fetchone()[0]} invoices\n"

    def answer(self, status, text):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *arguments):
        pass


server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "0"))), Pages)
with open("web.port", "w") as file:
    file.write(str(server.server_address[1]))
with open("web.pid", "w") as file:
    file.write(str(os.getpid()))
sys.stdout.flush()
server.serve_forever()
