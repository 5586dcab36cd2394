"""The application: blueprints, errors and headers put together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask

from chatbot.server import (
    admin_page,
    administration,
    chat,
    documents,
    feedback,
    health,
    index_info,
    metrics,
    openai_api,
    openapi,
    pages,
    problems,
)
from chatbot.server.assets import web_folder
from chatbot.server.body import drain
from chatbot.server.compression import compress
from chatbot.server.cors import Cors
from chatbot.server.headers import add_headers
from chatbot.server.jobs import Jobs
from chatbot.server.live import LiveBot
from chatbot.server.observation import Observation
from chatbot.server.proxies import find_visitors_address
from chatbot.server.rate_limit import RateLimit
from chatbot.settings import Settings


class _App(Flask):
    """Flask without coroutines: it need not look for them at every call."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(settings: Settings, bots: LiveBot) -> Flask:
    """Return the WSGI application. Raises MachineError where the browser's files are missing,
    SettingError or MissingExtra where the database for feedback cannot be used at all.
    """
    web = web_folder()
    app = _App("chatbot.server", static_folder=None, template_folder=str(web / "pages"))
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.converters["document_name"] = documents.DocumentName
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = True
    problems.register(app)
    observation, cors = Observation(), Cors(settings.allowed_origins)
    keeper = feedback.open_keeper(settings)
    jobs = Jobs(Path(settings.index), settings.corpus)
    app.before_request(observation.begin)
    app.before_request(cors.preflight)
    app.before_request(RateLimit(settings.rate_limit).check)
    app.after_request(observation.end)  # what is registered first runs last
    app.after_request(compress)
    for blueprint in (
        chat.blueprint(bots),
        documents.blueprint(bots),
        index_info.blueprint(bots, settings),
        feedback.blueprint(settings, keeper),
        openai_api.blueprint(bots, settings),
        administration.blueprint(settings, jobs),
        metrics.blueprint(observation.measures, bots, jobs),
        health.blueprint(bots),
        pages.blueprint(settings, web),
        admin_page.blueprint(web),
        openapi.blueprint(),
    ):
        app.register_blueprint(blueprint)
    app.after_request(drain)
    app.after_request(add_headers)
    app.after_request(cors.add)
    observation.know_routes(app, settings.workers)
    app.extensions["measures"] = observation.measures
    find_visitors_address(app, settings)
    return app
