"""The application: blueprints, errors and headers put together."""

from __future__ import annotations

from flask import Flask

from chatbot.server import chat, documents, health, index_info, openapi, pages, problems
from chatbot.server.assets import web_folder
from chatbot.server.body import drain
from chatbot.server.headers import add_headers
from chatbot.server.live import LiveBot
from chatbot.settings import Settings


def create_app(settings: Settings, bots: LiveBot) -> Flask:
    """Return the WSGI application. Raises MachineError where the browser's files are missing."""
    web = web_folder()
    app = Flask("chatbot.server", static_folder=None, template_folder=str(web / "pages"))
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.converters["document_name"] = documents.DocumentName
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = True
    problems.register(app)
    for blueprint in (
        chat.blueprint(bots),
        documents.blueprint(bots),
        index_info.blueprint(bots, settings),
        health.blueprint(bots),
        pages.blueprint(settings, web),
        openapi.blueprint(),
    ):
        app.register_blueprint(blueprint)
    app.after_request(drain)
    app.after_request(add_headers)
    return app
