"""SOP `wbs`, in short: an anonymous complaint, from the receipt code to the acknowledged answer."""

import time

from desk import demo, done, holding, key, nobody, tell
from service_desk_client.api.complaints import (
    dispose_complaint,
    draft_answer,
    forward_complaint,
    list_complaints,
    resolve_complaint,
    sign_answer,
)
from service_desk_client.api.reporter import (
    acknowledge_answer,
    open_complaint_session,
    read_own_complaint,
    submit_complaint,
    verify_receipt,
)
from service_desk_client.api.teams import list_teams
from service_desk_client.client import AuthenticatedClient
from service_desk_client.models import (
    AnswerForm,
    ByReceipt,
    ComplaintForm,
    ComplaintNote,
    Forwarding,
    ResolutionForm,
    SignatureForm,
)


def until(stage: str, reporter: AuthenticatedClient) -> None:
    """Asks again until the complaint is there: what reporters do becomes known at a surfacing time."""
    for _ in range(60):
        if done(read_own_complaint.sync_detailed(client=reporter)).stage == stage:
            return
        time.sleep(0.5)
    raise AssertionError(f"the complaint does not become {stage}: does the service surface at once?")


def whistle_blowing() -> None:
    """The story."""
    head, pji_lead, team_lead, team_staff = (demo(role) for role in ("head", "pji_lead", "team_lead", "team_staff"))
    form = {"category": "service", "content": {"subject": "Pungutan di luar tarif", "account": "Petugas meminta pembayaran tunai di luar tarif."}}
    given = done(submit_complaint.sync_detailed(client=nobody(), body=ComplaintForm.from_dict(form), idempotency_key=key()))
    session = done(open_complaint_session.sync_detailed(client=nobody(), body=ByReceipt(receipt_code=given.receipt_code)))
    reporter = holding(session.access_token)
    until("screened", reporter)
    tell(f"1  POST /complaints: {given.public_number}", "screened")
    found = done(list_complaints.sync_detailed(client=head, public_number=given.public_number))
    case, team = found.items[0].id, done(list_teams.sync_detailed(client=head)).items[0].id
    words = {"text": "Mohon ditanggapi sesuai prosedur."}
    done(dispose_complaint.sync_detailed(case, client=head, body=ComplaintNote.from_dict(words), idempotency_key=key()))
    forwarding = Forwarding.from_dict({"team": str(team), **words})
    tell("2, 3  disposition, forwarding", done(forward_complaint.sync_detailed(case, client=pji_lead, body=forwarding, idempotency_key=key())).stage)
    finding = ResolutionForm.from_dict({"finding": "proven", "summary": "Pungutan terbukti. Uang dikembalikan."})
    tell("4  resolution", done(resolve_complaint.sync_detailed(case, client=team_lead, body=finding, idempotency_key=key())).stage)
    letter = AnswerForm.from_dict({"subject": "Jawaban atas pengaduan Saudara", "body": "Pengaduan Saudara terbukti dan telah ditindaklanjuti."})
    done(draft_answer.sync_detailed(case, client=team_staff, body=letter, idempotency_key=key()))
    tell("5, 6  answer, signature", done(sign_answer.sync_detailed(case, client=head, body=SignatureForm(), idempotency_key=key())).stage)
    until("answered", reporter)
    receipt = done(acknowledge_answer.sync_detailed(client=reporter, idempotency_key=key()))
    assert done(verify_receipt.sync_detailed(client=nobody(), body=receipt)).genuine
    tell("7  acknowledgement, against a receipt")
