"""Tests that the world survives a restart, and that its sessions start again."""

from pathlib import Path

from tests.sandbox.waha.stage import SESSION, staged


async def test_a_restart_forgets_nothing(tmp_path: Path) -> None:
    state_file = tmp_path / "world.json"
    async with staged(state_file) as stage:
        await stage.link()
        picture = await stage.waha.sends(stage.ann, "image", b"bytes", text="Look")
        sent = await stage.text("Nice", reply_to=picture["id"])
        await stage.waha.reacts(SESSION, stage.ann, sent["id"], "👍")
        before = await stage.waha.sees(SESSION, stage.ann)
        await stage.ok("POST", "/api/sessions", {"name": "gone"})
        await stage.call("DELETE", "/api/sessions/gone")
    async with staged(state_file) as stage:
        await stage.waha.until(SESSION, "WORKING")
        assert await stage.waha.sees(SESSION, stage.ann) == before
        assert await stage.waha.file(picture["media"]["file"]) == b"bytes"
        state = await stage.waha.state()
        assert [one["name"] for one in state["sessions"]] == [SESSION]
        assert state["people"] == [stage.ann]
        pair = await stage.ok("GET", f"/api/{SESSION}/lids/{stage.ann['lid']}@lid")
        assert pair["pn"] == f"{stage.ann['phone']}@c.us"


async def test_waiting_and_stopped_sessions_stay_so(tmp_path: Path) -> None:
    state_file = tmp_path / "world.json"
    async with staged(state_file) as stage:
        await stage.link()
        await stage.ok("POST", f"/api/sessions/{SESSION}/stop")
        await stage.waha.says(stage.ann, "waits")
        await stage.ok("POST", "/api/sessions", {"name": "other"})
        await stage.waha.until("other", "SCAN_QR_CODE")
    async with staged(state_file) as stage:
        assert (await stage.waha.session(SESSION))["status"] == "STOPPED"
        await stage.waha.until("other", "SCAN_QR_CODE")
        config = stage.config()
        await stage.ok("PUT", f"/api/sessions/{SESSION}", {"config": config})
        await stage.ok("POST", f"/api/sessions/{SESSION}/start")
        assert (await stage.hook.until("message"))[0]["body"] == "waits"


async def test_a_reset_empties_the_file_too(tmp_path: Path) -> None:
    state_file = tmp_path / "world.json"
    async with staged(state_file) as stage:
        await stage.link()
        await stage.waha.reset()
    async with staged(state_file) as stage:
        assert (await stage.waha.state())["sessions"] == []
