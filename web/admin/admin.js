import { Administration, Refused } from "./api.js";
import { build, part, show, when } from "./dom.js";

/** How often a rebuild is asked how far it is, in milliseconds. */
const EVERY = 500;
const RUNNING = ["queued", "running"];
const STAGES = {
  reading: "Reading the documents",
  weighing: "Weighing the terms",
  writing: "Writing the new version",
};

const server = new Administration(document.body.dataset.root ?? "");
let following = 0;

part("enter").addEventListener("submit", (event) => {
  event.preventDefault();
  server.signIn(part("token").value.trim());
  part("token").value = "";
  attempt(open, true);
});
part("leave").addEventListener("click", () => leave(""));
part("rebuild").addEventListener("click", () => {
  if (part("rebuild").ariaDisabled !== "true") attempt(rebuild);
});
if (server.signedIn) attempt(open);

/** Do something with the server; what goes wrong is told where an operator sees and hears it. */
async function attempt(what, entering = false) {
  show("problem", "");
  try {
    await what();
    if (entering) part("rebuild").focus();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.status === 401) leave(error.message);
    else show("problem", error.message);
  }
}

function leave(reason) {
  following += 1;
  server.signOut();
  part("inside").hidden = part("leave").hidden = true;
  part("enter").hidden = false;
  show("problem", reason);
  part("token").focus();
}

async function open() {
  await refresh();
  part("enter").hidden = true;
  part("inside").hidden = part("leave").hidden = false;
  const { rebuilds } = await server.read("/api/index/rebuilds");
  if (RUNNING.includes(rebuilds[0]?.state)) attempt(() => follow(rebuilds[0].id));
  await showGaps();
}

async function refresh() {
  const versions = await server
    .read("/api/index/versions")
    .then((body) => body.versions)
    .catch(emptyWhereThereIsNoIndex);
  showServed(versions.find((version) => version.live));
  part("versions").replaceChildren(...versions.map(row));
}

function emptyWhereThereIsNoIndex(error) {
  if (error.status === 503) return [];
  throw error;
}

function showServed(live) {
  const facts = live
    ? { Version: live.version, Built: when(live.built_at), Documents: live.counts.documents, Passages: live.counts.passages }
    : { Version: "none yet: rebuild the index" };
  part("served").replaceChildren(
    ...Object.entries(facts).map(([name, value]) => build("div", {}, build("dt", {}, name), " ", build("dd", {}, value))),
  );
}

function row(version) {
  const back = build("button", { type: "button", ariaLabel: `Go back to version ${version.version}` }, "Go back to this");
  back.addEventListener("click", () => attempt(() => goBack(version.version)));
  return build(
    "tr",
    {},
    build("th", { scope: "row" }, version.version),
    build("td", {}, when(version.built_at)),
    build("td", {}, version.counts.documents ?? "–"),
    build("td", {}, version.counts.passages ?? "–"),
    build("td", {}, version.live ? "Live" : (version.error ?? back)),
  );
}

async function goBack(version) {
  await server.send("/api/index/rollback", { version });
  await refresh();
  show("outcome", `Version ${version} is live.`);
  part("remarks").hidden = true;
  part("versions-title").focus();
}

async function rebuild() {
  const job = await server.send("/api/index/rebuild", { force: part("force").checked });
  await follow(job.id);
}

/** Show how far a rebuild is until it has ended. */
async function follow(id) {
  const turn = (following += 1);
  show("outcome", "");
  part("remarks").hidden = true;
  busy(true);
  try {
    let job;
    do {
      job = await server.read(`/api/index/rebuilds/${id}`);
      if (turn !== following) return;
      showProgress(job.progress);
      if (RUNNING.includes(job.state)) await new Promise((resolve) => setTimeout(resolve, EVERY));
    } while (RUNNING.includes(job.state));
    showOutcome(job);
    await refresh();
  } finally {
    busy(false);
  }
}

/** While a rebuild runs the button stays where the focus is, but does nothing. */
function busy(yes) {
  part("rebuild").ariaDisabled = String(yes);
  part("progress").hidden = !yes;
}

function showProgress(progress) {
  const bar = part("bar");
  show("stage", progress ? `${STAGES[progress.stage] ?? progress.stage} …` : "Starting …");
  if (progress?.total) {
    bar.max = progress.total;
    bar.value = progress.done;
  } else {
    bar.removeAttribute("value");
  }
}

function showOutcome(job) {
  show("outcome", outcome(job));
  const remarks = [
    ...Object.entries(job.questions)
      .filter(([, right]) => !right)
      .map(([name]) => `Test question ${name} is wrong`),
    ...job.skipped.map(({ name, reason }) => `Skipped ${name}: ${reason}`),
    ...job.warnings.map(({ name, reason }) => `Note on ${name}: ${reason}`),
  ];
  part("remarks").hidden = remarks.length === 0;
  part("remarks").replaceChildren(...remarks.map((remark) => build("li", {}, remark)));
}

function outcome({ state, version, counts, error }) {
  if (state === "published") return `Published version ${version}: ${counts.documents} documents, ${counts.passages} passages.`;
  if (state === "unchanged") return `Nothing changed: version ${version} stands.`;
  return `It failed: ${error}`;
}

/** Where questions are not kept, there is nothing to show. */
async function showGaps() {
  let gaps;
  try {
    gaps = Object.values(await server.read("/api/feedback/unanswered")).find(Array.isArray) ?? [];
  } catch (error) {
    if (error.status === 404) return;
    throw error;
  }
  part("gaps").hidden = false;
  part("no-gaps").hidden = gaps.length > 0;
  part("questions").parentElement.hidden = gaps.length === 0;
  part("questions").replaceChildren(
    ...gaps.map((gap) =>
      build(
        "tr",
        {},
        build("th", { scope: "row", dir: "auto" }, gap.question),
        build("td", {}, gap.asked),
        build("td", {}, gap.unhelpful),
        build("td", {}, when(gap.latest)),
        build("td", {}, build("ul", {}, ...(gap.comments ?? []).map((comment) => build("li", { dir: "auto" }, comment)))),
      ),
    ),
  );
}
