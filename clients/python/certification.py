"""SOP `cert`, in short: from a new customer to the dispatched notice, with a deficiency on the way."""

import datetime
import json
import time
from uuid import UUID

from desk import demo, done, key, nobody, paper, refused, sign_in, tell
from service_desk_client.api.audit_notice import (
    dispatch_audit_notice,
    draft_audit_notice,
    initial_audit_notice,
    sign_audit_notice,
)
from service_desk_client.api.auditors import add_auditor
from service_desk_client.api.certification import (
    complete_application,
    file_application,
    propose_audit,
    start_application,
    submit_application,
    verify_documents,
)
from service_desk_client.api.documents import attach_document
from service_desk_client.api.sign_in import register
from service_desk_client.api.schemes import read_scheme
from service_desk_client.models import (
    ApplicationForm,
    AuditorForm,
    CompletionForm,
    DispatchForm,
    InitialForm,
    NoticeForm,
    Proposal,
    Registration,
    SchemeCode,
    SignatureForm,
    VerificationForm,
)


def certification() -> None:
    """The story."""
    run = str(time.time_ns())[:15]
    email, password = f"mutu-{run}@tirtamusi.example", f"air jernih dari Musi {run}"
    address = {"street": "Jl. Perindustrian II No. 12", "city": "Palembang", "province": "Sumatera Selatan", "postal_code": "30152"}
    account = {
        "email": email,
        "password": password,
        "display_name": "Rahmat Hidayat",
        "organisation": {"name": f"PT Tirta Musi {run}", "address": address},
    }
    # The reply has no body, so that it does not tell whether the address has an account.
    registered = register.sync_detailed(client=nobody(), body=Registration.from_dict(account))
    assert registered.status_code == 202, registered.content
    customer = sign_in(email, password)
    ss_lead, pji_staff, operations, pji_lead, head = (demo(role) for role in ("ss_lead", "pji_staff", "operations_staff", "pji_lead", "head"))
    auditor = {"name": "Ir. Sri Wahyuni, M.T.", "competences": [{"scheme": "quality_iso9001", "role": "lead", "valid_from": "2026-01-01"}]}
    lead = done(add_auditor.sync_detailed(client=ss_lead, body=AuditorForm.from_dict(auditor), idempotency_key=key()))

    form = {
        "scheme": "quality_iso9001",
        "kind": "initial",
        "company": {"name": f"PT Tirta Musi {run}", "nib": "1234567890123"},
        "site": {"name": "Pabrik Kertapati", "address": "Jl. Ki Marogan No. 8", "regency": "Kota Palembang", "province": "Sumatera Selatan"},
        "scope": "Produksi air minum dalam kemasan",
        "personnel": {"total": 48, "shifts": 2},
        "contact": {"name": "Rahmat Hidayat", "email": email, "phone": "+62 711 555 0101"},
    }
    draft = done(start_application.sync_detailed(client=customer, body=ApplicationForm.from_dict(form), idempotency_key=key()))
    case: UUID = draft.id
    # The generator leaves out what refers to itself, as the rules of a checklist do: so this one reply is read by hand.
    scheme = json.loads(read_scheme.sync_detailed(SchemeCode(draft.scheme), client=nobody()).content)
    asked = [row["code"] for row in scheme["requirements"] if row["necessity"] == "mandatory" and row["condition"]["rule"]["op"] == "always"]
    for row in asked:
        done(attach_document.sync_detailed(case, row, client=customer, body=paper()))
    submitted = done(submit_application.sync_detailed(case, client=customer, idempotency_key=key()))
    tell(f"1  submission: {submitted.number}, with {len(asked)} papers", submitted.stage)
    assert refused(file_application.sync_detailed(case, client=customer, idempotency_key=key())) == "not_your_step"
    tell("2  filing", done(file_application.sync_detailed(case, client=pji_staff, idempotency_key=key())).stage)

    def judged(items: list[dict[str, str]]) -> str:
        body = VerificationForm.from_dict({"items": items})
        return done(verify_documents.sync_detailed(case, client=operations, body=body, idempotency_key=key())).stage

    unfit = {"requirement": asked[0], "result": "unfit", "note": "Surat belum ditandatangani."}
    tell(f"3  verification: {asked[0]} unfit", judged([unfit, *({"requirement": row, "result": "complete"} for row in asked[1:])]))
    today = datetime.datetime.now(datetime.UTC)
    audit, answer_by = (today + datetime.timedelta(days=21)).date().isoformat(), (today + datetime.timedelta(days=7)).isoformat()
    team = [{"auditor_id": str(lead.id), "role": "lead"}]
    cost = [
        {
            "kind": "tariff",
            "description": "Ketua tim audit",
            "quantity": 2,
            "unit": "OH",
            "unit_amount": 2_000_000,
            "channel": "pnbp_billing",
            "legal_basis": "PP 54/2021",
            "reason": "Tarif ini belum ada dalam daftar.",
        }
    ]
    proposal = {"proposed_dates": [audit], "audit_days": 1, "proposed_team": team, "cost_estimate": cost, "answer_by": answer_by}
    tell(
        "4  audit-confirmation",
        done(propose_audit.sync_detailed(case, client=pji_staff, body=Proposal.from_dict(proposal), idempotency_key=key())).stage,
    )
    done(attach_document.sync_detailed(case, asked[0], client=customer, body=paper()))
    completion = CompletionForm.from_dict({"confirmation": {"chosen_date": audit, "accepts_cost": True}, "answers": []})
    tell("5  completion", done(complete_application.sync_detailed(case, client=customer, body=completion, idempotency_key=key())).stage)
    tell("3  verification, second round", judged([{"requirement": asked[0], "result": "complete"}]))

    # The day may fall on a weekend or a holiday, which needs a reason.
    notice = NoticeForm.from_dict({"team": team, "audit_dates": [audit], "cost_lines": cost, "reason": "Hari audit diminta pelanggan."})
    done(draft_audit_notice.sync_detailed(case, client=operations, body=notice, idempotency_key=key()))
    for who, part in ((ss_lead, "letter"), (pji_lead, "cost")):
        done(initial_audit_notice.sync_detailed(case, client=who, body=InitialForm.from_dict({"as": part}), idempotency_key=key()))
    tell("6, 7  audit-notice, initials, signature", done(sign_audit_notice.sync_detailed(case, client=head, body=SignatureForm(), idempotency_key=key())).stage)
    billing = DispatchForm.from_dict({"billing": {"code": run, "issued_at": today.isoformat()}})
    sent = done(dispatch_audit_notice.sync_detailed(case, client=pji_staff, body=billing, idempotency_key=key()))
    assert sent.stage == "notice_sent", sent.stage
    tell("8  dispatch", sent.stage)
