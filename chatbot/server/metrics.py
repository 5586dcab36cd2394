"""`GET /metrics`: what is counted, in the text format of Prometheus."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from itertools import accumulate

from flask import Blueprint, Response, request
from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from chatbot.errors import ChatbotError
from chatbot.server.jobs import Jobs
from chatbot.server.live import LiveBot
from chatbot.server.measures import BUCKETS, Measures


def blueprint(measures: Measures, bots: LiveBot, jobs: Jobs) -> Blueprint:
    """Return `GET /metrics`."""
    routes = Blueprint("metrics", __name__)
    registry = CollectorRegistry()
    registry.register(_Served(measures, bots, jobs))

    @routes.get("/metrics")
    def metrics() -> Response:
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return Response(encode(registry), content_type=content_type)

    return routes


class _Served(Collector):
    """Gathers the numbers when they are asked for."""

    def __init__(self, measures: Measures, bots: LiveBot, jobs: Jobs) -> None:
        self._measures = measures
        self._bots = bots
        self._jobs = jobs
        self._started = time.time()

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("chatbot_start_time_seconds", "When the server started.", self._started)
        yield from self._index()
        replies = CounterMetricFamily("chatbot_replies", "Replies by kind.", labels=["kind"])
        for kind, count in self._measures.replies().items():
            replies.add_metric([kind], count)
        yield replies
        requests = CounterMetricFamily(
            "chatbot_requests", "Requests by route and status.", labels=["method", "route", "status"]
        )
        for route, status, count in self._measures.requests():
            requests.add_metric([*route, status], count)
        yield requests
        seconds = HistogramMetricFamily(
            "chatbot_request_seconds",
            "How long requests took, in the application.",
            labels=["method", "route"],
        )
        bounds = (*map(str, BUCKETS), "+Inf")
        for route, latency in self._measures.latencies():
            buckets = list(zip(bounds, accumulate(latency.counts), strict=True))
            seconds.add_metric(list(route), buckets, latency.seconds)
        yield seconds
        rebuilds = CounterMetricFamily(
            "chatbot_rebuilds", "Rebuilds asked for over HTTP, by how they ended.", labels=["state"]
        )
        for state, number in self._jobs.totals().items():
            rebuilds.add_metric([state], number)
        yield rebuilds

    def _index(self) -> Iterator[Metric]:
        try:
            manifest = self._bots.current().index.manifest
        except ChatbotError:
            yield GaugeMetricFamily("chatbot_index_open", "Whether an index is open.", 0)
            return
        yield GaugeMetricFamily("chatbot_index_open", "Whether an index is open.", 1)
        yield InfoMetricFamily("chatbot_index", "The version that is served.", {"version": manifest.version})
        built = datetime.fromisoformat(manifest.built_at).timestamp()
        yield GaugeMetricFamily("chatbot_index_built_timestamp_seconds", "When it was built.", built)
        for name in ("documents", "passages"):
            yield GaugeMetricFamily(f"chatbot_index_{name}", f"Its {name}.", manifest.counts.get(name, 0))
