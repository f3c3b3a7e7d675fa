"""fake/receivables: stands in for what SL does with invoices, memos and payments: the Sales Journal bills shippers, the screens 08.010.00 and
08.030.00 take what Transaction Import types, and AR Release (08.400) moves balances and writes the ledger.

Nothing counts before its batch is released. What is assumed of SL is listed in tests/fake/ASSUMPTIONS.md.
"""
from datetime import datetime, timedelta
from decimal import Decimal

from company import key, literal, next_number, number
from ti_screens import Refused, Screen, amount, found, stamps, wanted

MODULE = "AR"


def cents(values, column, default="0"):
    return amount(values, column, default).quantize(Decimal("0.01"))


def setup_of(company):
    return company.read("GLSetup", "SetupId = 'GL'")[0], company.read("ARSetup", "SetupId = 'AR'")[0]


def open_batch(company, screen, values, program):
    """A batch of receivables on hold, and what each of its rows has in common."""
    ledger, receivables = setup_of(company)
    period, status = values.get("perpost", ledger["pernbr"]), values.get("handling", "B")
    if len(period) != 6 or period < ledger["lastclosepernbr"] or not "01" <= period[4:] <= str(ledger["nbrper"]).zfill(2):
        raise Refused("PerPost", "Invalid period")
    batch = next_number(company, "ARSetup", key(receivables, "SetupId"), "LastBatNbr")
    common = {**stamps(company, program), "CpnyID": ledger["cpnyid"], "BatNbr": batch, "PerPost": period, "PerEnt": ledger["pernbr"],
              "CuryId": values.get("curyid", ledger["basecuryid"]), "CuryMultDiv": "M", "CuryRate": 1}
    company.insert("Batch", {**common, "Module": MODULE, "Status": status, "EditScrnNbr": screen, "JrnlType": "AR",
                             "BaseCuryID": ledger["basecuryid"], "LedgerID": ledger["ledgerid"], "Descr": values.get("descr", ""),
                             "CtrlTot": cents(values, "CrTot"), "CuryCtrlTot": cents(values, "CrTot")})
    return common


def add_document(company, common, document, lines):
    """`lines`: (account, subaccount, amount, text)."""
    total = document["amount"]
    same = {**common, "CustId": document["custid"], "RefNbr": document["refnbr"]}
    company.insert("ARDoc", {
        **same, "DocType": document["doctype"], "DocDate": document["docdate"], "DueDate": document.get("duedate", document["docdate"]),
        "CuryOrigDocAmt": total, "OrigDocAmt": total, "CuryDocBal": total, "DocBal": total, "OpenDoc": 1, "Rlsed": 0,
        "BankAcct": document["acct"], "BankSub": document["sub"], "CustOrdNbr": document.get("custordnbr", ""),
        "OrdNbr": document.get("ordnbr", ""), "Terms": document.get("terms", ""), "DocDesc": document.get("docdesc", "")})
    for at, (account, sub, value, text) in enumerate(lines, 1):
        company.insert("ARTran", {
            **same, "TranType": document["doctype"], "LineNbr": -32768 + 256 * at, "Acct": account, "Sub": sub, "CuryTranAmt": value,
            "TranAmt": value, "TranDesc": text, "TranDate": document["docdate"], "DrCr": "D" if document["doctype"] == "CM" else "C"})


def customer(company, values):
    return found(company, "Customer", f"CustId = {literal(wanted(values, 'CustId'))} AND Status = 'A'", "CustId")


def is_there(company, values):
    return company.read("ARDoc", f"CustId = {literal(values['custid'])} AND DocType = {literal(values['doctype'])} AND "
                                 f"RefNbr = {literal(values['refnbr'])}")


def groups(records, record):
    """Each record of that name with those that follow it."""
    starts = [at for at, each in enumerate(records) if each.level.record == record] + [len(records)]
    for start, end in zip(starts, starts[1:]):
        yield records[start], records[start + 1:end]


class Batches(Screen):
    """A bad batch record ends its file; a bad document leaves the others of its batch standing."""

    batches = True
    document_name = screen = program = ""

    def document(self, company, document, at):
        if document.level.record.endswith(("-currency", "-rate")):
            raise Refused("CuryId", "Currency is not supported by this stand-in")
        common = open_batch(company, self.screen, document.values(), self.program)
        for record, lines in groups(document.inner, self.document_name):
            at[0] = record
            try:
                self.one(company, common, record.values(), [line.values() for line in lines])
            except Refused as error:
                self.left_out.append((record, error))
        at[0] = document
        return True


class Memos(Batches):
    """08.010.00"""

    document_name, screen, program = "memo", "08010", "08010"

    @staticmethod
    def one(company, common, values, lines):
        buyer, total = customer(company, values), cents(values, "CuryOrigDocAmt")
        if wanted(values, "DocType") not in ("CM", "DM") or is_there(company, values):
            raise Refused("RefNbr", "Duplicate document")
        kept = []
        for line in lines:
            found(company, "Account", f"Acct = {literal(wanted(line, 'Acct'))} AND Active = 1", "Acct")
            found(company, "SubAcct", f"Sub = {literal(wanted(line, 'Sub'))}", "Sub")
            if cents(line, "CuryTranAmt") <= 0:
                raise Refused("CuryTranAmt", "Amount must be greater than zero")
            kept.append((line["acct"], line["sub"], cents(line, "CuryTranAmt"), line.get("trandesc", "")))
        if sum(line[2] for line in kept) != total:
            raise Refused("CuryOrigDocAmt", "The Document Total Amount is not equal to the Document Amount")
        add_document(company, common, {**values, "amount": total, "acct": buyer["aracct"], "sub": buyer["arsub"]}, kept)


class Payments(Batches):
    """08.030.00: a new payment, or a credit memo that is released, and what it is applied to: documents that are released and open."""

    document_name, screen, program = "payment", "08030", "08030"

    def document(self, company, document, at):
        self.document_name = next((each.level.record for each in document.inner if each.level.record in ("payment", "credit")), "payment")
        return super().document(company, document, at)

    @staticmethod
    def one(company, common, values, lines):
        customer(company, values)
        kind = values.setdefault("doctype", "PA")
        there = is_there(company, values)
        if kind == "PA":
            if there:
                raise Refused("RefNbr", "Duplicate document")
            left = cents(values, "CuryOrigDocAmt")
            found(company, "Account", f"Acct = {literal(wanted(values, 'BankAcct'))} AND Active = 1", "BankAcct")
        elif not there or int(there[0]["rlsed"]) == 0:
            raise Refused("RefNbr", "Item not found, please reenter.", missing=True)
        else:
            left = number(there[0]["curydocbal"])
        kept = []
        for line in lines:
            document = company.read("ARDoc", f"CustId = {literal(values['custid'])} AND DocType = {literal(line['adjddoctype'])} AND "
                                             f"RefNbr = {literal(line['adjdrefnbr'])} AND Rlsed = 1 AND OpenDoc = 1")
            value = cents(line, "CuryAdjdAmt")
            if not document:
                raise Refused("RefNbr", "Item not found, please reenter.", missing=True)
            if value <= 0 or value > number(document[0]["curydocbal"]).quantize(value) or value > left.quantize(value):
                raise Refused("RefNbr", "Amount applied exceeds the balance")
            left -= value
            kept.append((line["adjddoctype"], line["adjdrefnbr"], value))
        if kind == "PA":
            add_document(company, common, {**values, "amount": cents(values, "CuryOrigDocAmt"), "acct": values["bankacct"],
                                           "sub": values.get("banksub", "")}, [])
        for adjusted, reference, value in kept:
            company.insert("ARAdjust", {**common, "AdjBatNbr": common["BatNbr"], "CustId": values["custid"], "AdjdDocType": adjusted,
                                        "AdjdRefNbr": reference, "AdjgDocType": kind, "AdjgRefNbr": values["refnbr"],
                                        "CuryAdjdAmt": value, "AdjAmt": value, "AdjgPerPost": common["PerPost"]})


SCREENS = {"08.010.00": Memos, "08.030.00": Payments}


def bill(company, names):
    """The Sales Journal: an invoice for each shipper that is confirmed; misc charges are on the order's first."""
    for shipper in company.read("SOShipHeader", "ShippingConfirmed = 1 AND Cancelled = 0 AND InvcNbr = ''", "ORDER BY ShipperID"):
        if names and shipper["custordnbr"] not in names:
            continue
        kind = company.read("SOType", key(shipper, "CpnyID", "SOTypeID"))[0]
        where = f"CpnyID = {literal(kind['cpnyid'])} AND SOTypeID = {literal(kind['invcnbrtype'] or kind['sotypeid'])}"
        invoice = kind["invcnbrprefix"] + next_number(company, "SOType", where, "LastInvcNbr")
        lines = [(line["slsacct"], line["slssub"], number(line["curytotinvc"]), line["descr"][:30])
                 for line in company.read("SOShipLine", key(shipper, "CpnyID", "ShipperID"), "ORDER BY LineRef")]
        if number(shipper["curytotmisc"]):
            lines += [(misc["miscacct"], misc["miscsub"], number(misc["curymiscchrg"]), misc["descr"][:30])
                      for misc in company.read("SOMisc", key(shipper, "CpnyID", "OrdNbr"), "ORDER BY MiscChrgRef")]
        terms = company.read("Terms", f"TermsId = {literal(shipper['termsid'])}")
        due = datetime.fromisoformat(company.now[:10]) + timedelta(days=int(terms[0]["dueintrv"]) if terms else 0)
        common = open_batch(company, "08010", {}, "40690")
        add_document(company, common, {
            "custid": shipper["custid"], "doctype": "IN", "refnbr": invoice, "docdate": company.now[:10] + " 00:00:00",
            "duedate": due.strftime("%Y-%m-%d 00:00:00"), "custordnbr": shipper["custordnbr"], "ordnbr": shipper["ordnbr"],
            "terms": shipper["termsid"], "acct": shipper["aracct"], "sub": shipper["arsub"],
            "amount": sum((line[2] for line in lines), Decimal(0))}, lines)
        company.update("SOShipHeader", key(shipper, "CpnyID", "ShipperID"), InvcNbr=invoice)
        company.db.end()
        print(f"invoice {invoice} of {shipper['custordnbr']}")


def post(company, batch, place, account, sub, debit, credit, text):
    company.insert("GLTran", {
        **stamps(company, "08400"), "Module": MODULE, "BatNbr": batch["batnbr"], "LineNbr": place, "Acct": account, "Sub": sub,
        "CpnyID": batch["cpnyid"], "DrAmt": debit, "CrAmt": credit, "CuryDrAmt": debit, "CuryCrAmt": credit, "TranDesc": text,
        "PerPost": batch["perpost"], "FiscYr": batch["perpost"][:4], "TranType": "AR", "Posted": "U", "Rlsed": 1})


def release(company, _names):
    """AR Release: documents count, balances go down by what is applied, and the ledger gets both sides of each document."""
    for batch in company.read("Batch", f"Module = '{MODULE}' AND Rlsed = 0", "ORDER BY BatNbr"):
        place = -32768
        for document in company.read("ARDoc", key(batch, "BatNbr"), "ORDER BY DocType, RefNbr"):
            total, kind = number(document["curyorigdocamt"]), document["doctype"]
            lines = company.read("ARTran", key(document, "CustId", "RefNbr", "BatNbr") + f" AND TranType = {literal(kind)}")
            receivable = (document["bankacct"], document["banksub"])
            if kind == "PA":
                buyer = company.read("Customer", key(document, "CustId"))[0]
                sides = [(*receivable, total, 0), (buyer["aracct"], buyer["arsub"], 0, total)]
            elif kind == "CM":
                sides = [(*receivable, 0, total)] + [(line["acct"], line["sub"], number(line["curytranamt"]), 0) for line in lines]
            else:
                sides = [(*receivable, total, 0)] + [(line["acct"], line["sub"], 0, number(line["curytranamt"])) for line in lines]
            for account, sub, debit, credit in sides:
                place += 256
                post(company, batch, place, account, sub, debit, credit, document["docdesc"] or document["refnbr"])
            company.update("ARDoc", key(document, "CustId", "DocType", "RefNbr", "BatNbr"), Rlsed=1)
        company.db.end()
        for used in company.read("ARAdjust", f"AdjBatNbr = {literal(batch['batnbr'])}"):
            for side in ("AdjdDocType", "AdjdRefNbr"), ("AdjgDocType", "AdjgRefNbr"):
                lower(company, used, *side)
        company.update("Batch", key(batch, "Module", "BatNbr"), Rlsed=1, Status="U")
        company.db.end()
        print(f"released {batch['batnbr']}: {batch['descr'] or 'invoices'}")


def lower(company, used, kind, reference):
    where = f"CustId = {literal(used['custid'])} AND DocType = {literal(used[kind.lower()])} AND RefNbr = {literal(used[reference.lower()])}"
    document = company.read("ARDoc", where)[0]
    left = (number(document["curydocbal"]) - number(used["curyadjdamt"])).quantize(Decimal("0.01"))
    company.update("ARDoc", where, CuryDocBal=left, DocBal=left, OpenDoc=0 if left == 0 else 1)
    company.db.end()
