"""fake/ti_screens: what SL's screens do with what Transaction Import types into them: defaults, numbers, and refusals.

A screen reads all it needs before it writes, so that a refused document leaves nothing. What is assumed of SL is listed, screen by
screen, in tests/fake/ASSUMPTIONS.md.
"""
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from company import key, literal, next_number

OURS = "ti"


class Refused(Exception):
    """`missing`: a key that the screen does not find (8013)."""

    def __init__(self, column, text, missing=False, place=None, value=None):
        super().__init__(text)
        self.column, self.text, self.missing, self.place, self.value = column, text, missing, place, value


def amount(values, column, default="0"):
    try:
        return Decimal(values.get(column.lower(), default))
    except InvalidOperation:
        raise Refused(column, "Invalid number") from None


def rounded(number, places):
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def stamps(company, program):
    return {"Crtd_DateTime": company.now, "LUpd_DateTime": company.now, "Crtd_Prog": program, "LUpd_Prog": program,
            "Crtd_User": OURS, "LUpd_User": OURS}


def found(company, table, where, column):
    rows = company.read(table, where)
    if not rows:
        raise Refused(column, "Item not found, please reenter.", missing=True)
    return rows[0]


def wanted(values, column):
    if column.lower() not in values:
        raise Refused(column, "Data must be entered in this field")
    return values[column.lower()]


class Screen:
    batches = False

    def __init__(self):
        self.left_out = []  # (record, refusal): records that fell, of documents that stand


class Orders(Screen):
    """40.100.00: an order for each Document; a record that the screen refuses takes its order along."""

    def document(self, company, document, at):
        if "ordnbr" in document.values():
            return self.change(company, document.values())
        order = self.header(company, document.values())
        lines, charges = [], []
        for record in document.inner:
            at[0] = record
            if record.level.record == "SOLine":
                lines.append(self.line(company, order, record.values(), len(lines) + 1))
            else:
                charges.append(self.charge(order, record.values(), len(charges) + 1))
        at[0] = document
        self.totals(order, lines, charges)
        self.write(company, order, lines, charges)
        return True

    @staticmethod
    def change(company, values):
        """An order that is there, by its number: held, released, or cancelled as SL does it."""
        cpny = company.read("GLSetup", "SetupId = 'GL'")[0]["cpnyid"]
        where = f"CpnyID = {literal(cpny)} AND OrdNbr = {literal(values['ordnbr'])}"
        order = found(company, "SOHeader", where, "OrdNbr")
        if order["status"] != "O":
            raise Refused("OrdNbr", "This order is closed")
        if int(values.get("cancelled", 0)):
            if company.read("SOShipHeader", f"{where} AND Cancelled = 0"):
                raise Refused("Cancelled", "This order has shippers")
            company.update("SOHeader", where, Status="C", Cancelled=1, CancelDate=company.now, DateCancelled=company.now, NextFunctionID=" ",
                           NextFunctionClass=" ", CuryUnshippedBalance=0, UnshippedBalance=0, LUpd_Prog="40100")
            for table in ("SOLine", "SOSched", "SOLot"):
                company.update(table, f"{where} AND Status = 'O'", Status="C")
        elif "adminhold" in values:
            company.update("SOHeader", where, AdminHold=int(values["adminhold"]), LUpd_Prog="40100")
        company.insert("ProcessQueue", {**stamps(company, "40100"), "CpnyID": cpny, "SOOrdNbr": values["ordnbr"], "ProcessType": "PLNSO",
                                        "ProcessPriority": 150, "ProcessAt": company.now})
        return True

    def header(self, company, values):
        setup, sales = company.read("GLSetup", "SetupId = 'GL'")[0], company.read("SOSetup", "SetupID = 'SO'")[0]
        self.cpny, self.price_places = setup["cpnyid"], int(sales["decplprice"])
        self.kind = found(company, "SOType", f"CpnyID = {literal(self.cpny)} AND SOTypeID = {literal(wanted(values, 'SOTypeID'))}",
                          "SOTypeID")
        buyer = found(company, "Customer", f"CustId = {literal(wanted(values, 'CustID'))} AND Status = 'A'", "CustID")
        if "shipviaid" in values:
            found(company, "ShipVia", f"ShipViaID = {literal(values['shipviaid'])}", "ShipViaID")
        currency = values.get("curyid") or buyer["curyid"] or setup["basecuryid"]
        self.places = int(found(company, "Currncy", f"CuryId = {literal(currency)}", "CuryID")["decpl"])
        self.base_places = int(company.read("Currncy", f"CuryId = {literal(setup['basecuryid'])}")[0]["decpl"])
        rate = self.rate(company, currency, setup["basecuryid"], buyer)
        day = wanted(values, "OrdDate")
        return {
            "shipaddrspecial": 1, "priority": 3, "shipcmplt": 1, "cpnyid": self.cpny, "status": "O",
            "shiptotype": self.kind["shiptotype"], "shiptoid": buyer["dfltshiptoid"] or "DEFAULT", "nextfunctionid": "4041000",
            "curyid": currency, "curymultdiv": rate["multdiv"], "curyrate": Decimal(str(rate["rate"])),
            "curyratetype": rate["ratetype"], "curyeffdate": day, "termsid": buyer["terms"], "aracct": buyer["aracct"],
            "arsub": buyer["arsub"], "billname": buyer["billname"] or buyer["name"], "billaddr1": buyer["billaddr1"],
            "billaddr2": buyer["billaddr2"], "billcity": buyer["billcity"], "billstate": buyer["billstate"],
            "billzip": buyer["billzip"], "billcountry": buyer["billcountry"], "shipcustid": values["custid"],
            "slsperid": buyer["slsperid"], "eventcntr": 1, **values}

    @staticmethod
    def rate(company, currency, base, buyer):
        if currency == base:
            return {"multdiv": "M", "rate": 1, "ratetype": " "}
        rows = company.read("CuryRate", f"FromCuryId = {literal(currency)} AND ToCuryId = {literal(base)} AND RateType = "
                            f"{literal(buyer['curyratetype'])} AND EffDate <= {literal(company.now)}", "ORDER BY EffDate DESC")
        if not rows:
            raise Refused("CuryID", "Currency rate not found")
        return rows[0]

    def base(self, order, number, places):
        rate = order["curyrate"]
        return rounded(number * rate if order["curymultdiv"] == "M" else number / rate, places)

    def line(self, company, order, values, at):
        item = found(company, "Inventory", f"InvtID = {literal(wanted(values, 'InvtID'))} AND TranStatusCode IN ('AC', 'NP', 'OH')",
                     "InvtID")
        found(company, "Site", f"SiteId = {literal(wanted(values, 'SiteID'))}", "SiteID")
        units = amount(values, "QtyOrd")
        if units <= 0:
            raise Refused("QtyOrd", "Amount must be greater than zero")
        price, name = amount(values, "CurySlsPrice"), values.get("unitdesc") or item["dfltsounit"]
        unit = self.unit(company, item, name)
        return {
            "cpnyid": self.cpny, "lineref": str(at).zfill(5), "linenbr": -32768 + 256 * at, "descr": item["descr"], "status": "O",
            "unitmultdiv": unit["multdiv"], "cnvfact": unit["cnvfact"], "manualprice": 1, "schedcntr": 1,
            "canceldate": order.get("canceldate", "1900-01-01 00:00:00"), "taxcat": item["taxcat"],
            "slsacct": item["dfltsalesacct"], "slssub": item["dfltsalessub"], "invacct": item["invtacct"], "invsub": item["invtsub"],
            "cogsacct": item["cogsacct"], "cogssub": item["cogssub"], "slsperid": order["slsperid"], **values,
            "qtyord": units, "curyslsprice": price, "slsprice": self.base(order, price, self.price_places), "unitdesc": name,
            "curytotord": rounded(price * units, self.places), "totord": self.base(order, price * units, self.base_places)}

    @staticmethod
    def unit(company, item, name):
        if name == item["stkunit"]:
            return {"multdiv": "M", "cnvfact": 1}
        for owner in (f"InvtId = {literal(item['invtid'])}", f"InvtId = '*' AND ClassID = {literal(item['classid'])}",
                      "InvtId = '*' AND ClassID = '*'"):
            rows = company.read("INUnit", f"{owner} AND FromUnit = {literal(name)} AND ToUnit = {literal(item['stkunit'])}")
            if rows:
                return rows[0]
        raise Refused("UnitDesc", "Item not found, please reenter.", missing=True)

    def charge(self, order, values, at):
        money = amount(values, "CuryMiscChrg")
        return {"cpnyid": self.cpny, "miscchrgref": str(at).zfill(5), "miscacct": self.kind["miscacct"],
                "miscsub": self.kind["miscsub"], **values, "miscchrgid": wanted(values, "MiscChrgID"), "curymiscchrg": money,
                "miscchrg": self.base(order, money, self.base_places)}

    @staticmethod
    def totals(order, lines, charges):
        for cury, base, rows, one, twin in (("curytotmerch", "totmerch", lines, "curytotord", "totord"),
                                            ("curytotmisc", "totmisc", charges, "curymiscchrg", "miscchrg")):
            order[cury] = sum((row[one] for row in rows), Decimal(0))
            order[base] = sum((row[twin] for row in rows), Decimal(0))
        order["curytotord"] = order["curyunshippedbalance"] = order["curytotmerch"] + order["curytotmisc"]
        order["totord"] = order["unshippedbalance"] = order["totmerch"] + order["totmisc"]
        order["linecntr"], order["miscchrgcntr"] = len(lines), len(charges)

    def number(self, company):
        """The type's own counter, or that of the type it points to; used numbers are skipped."""
        counter = self.kind["ordnbrtype"] or self.kind["sotypeid"]
        while True:
            taken = self.kind["ordnbrprefix"] + next_number(
                company, "SOType", f"CpnyID = {literal(self.cpny)} AND SOTypeID = {literal(counter)}", "LastOrdNbr")
            if not company.read("SOHeader", f"CpnyID = {literal(self.cpny)} AND OrdNbr = {literal(taken)}"):
                return taken

    def write(self, company, order, lines, charges):
        common = {**stamps(company, "40100"), "CpnyID": self.cpny, "OrdNbr": self.number(company)}
        company.insert("SOHeader", {**order, **common})
        for line in lines:
            company.insert("SOLine", {**line, **common})
            company.insert("SOSched", {
                **common, "LineRef": line["lineref"], "SchedRef": "00001", "QtyOrd": line["qtyord"], "SiteID": line["siteid"],
                "ReqDate": line.get("reqdate", order["orddate"]), "ReqPickDate": line.get("reqdate", order["orddate"]),
                "PromDate": line.get("promdate", order["orddate"]), "CancelDate": line["canceldate"],
                "PriorityDate": order["orddate"], "ShipViaID": order.get("shipviaid", ""), "ShipCustID": order["shipcustid"],
                "ShiptoType": order["shiptotype"], "ShiptoID": order["shiptoid"], "Status": "O",
                "ShipName": order.get("shipname", ""), "ShipZip": order.get("shipzip", "")})
        for charge in charges:
            company.insert("SOMisc", {**charge, **common})
        company.insert("SOEvent", {**common, "EventType": "ENT", "Descr": "Enter Order", "EventDate": company.now[:10] + " 00:00:00"})
        company.insert("ProcessQueue", {**common, "SOOrdNbr": common["OrdNbr"], "ProcessType": "PLNSO", "ProcessPriority": 150,
                                        "ProcessAt": company.now})


class Shippers(Screen):
    """40.110.00: an open shipper, found by the number in each line."""

    @staticmethod
    def document(company, document, _at):
        values = document.values()
        cpny = company.read("GLSetup", "SetupId = 'GL'")[0]["cpnyid"]
        where = f"CpnyID = {literal(cpny)} AND ShipperID = {literal(wanted(values, 'ShipperID'))}"
        shipper = found(company, "SOShipHeader", where, "ShipperID")
        if shipper["status"] != "O" or int(shipper["shippingconfirmed"]):
            raise Refused("ShipperID", "This shipper is closed")
        if document.level.record == "SOShipHeader":
            company.update("SOShipHeader", where, **{name: cell for name, cell in values.items() if name != "shipperid"})
        elif document.level.record == "SOShipPack":
            company.insert("SOShipPack", {**stamps(company, "40110"), "CpnyID": cpny, **values})
            company.update("SOShipHeader", where, BoxCntr=int(shipper["boxcntr"]) + 1, TotBoxes=int(shipper["boxcntr"]) + 1)
        else:
            line = found(company, "SOShipLine", f"{where} AND LineRef = {literal(wanted(values, 'LineRef'))}", "LineRef")
            units = amount(values, "QtyShip")
            Shippers.units(company, where, line, units)
        return True

    @staticmethod
    def units(company, where, line, units):
        """Amounts follow, on the line and on the shipper."""
        if units == Decimal(str(line["qtyship"])):
            return
        places = int(company.read("Currncy", "CuryId = 'USD'")[0]["decpl"])
        merch = rounded(Decimal(str(line["curyslsprice"])) * units, places)
        company.update("SOShipLine", f"{where} AND LineRef = {literal(line['lineref'])}", QtyShip=units, CuryTotMerch=merch, TotMerch=merch,
                       CuryTotInvc=merch, TotInvc=merch)
        less = Decimal(str(line["curytotmerch"])) - merch
        shipper = company.read("SOShipHeader", where)[0]
        company.update("SOShipHeader", where, **{name: Decimal(str(shipper[name.lower()])) - less
                                                 for name in ("CuryTotMerch", "TotMerch", "CuryTotInvc", "TotInvc")})


class Customers(Screen):
    """08.260.00: a customer, its balances and its default ship-to address; one that is there gets what the file states."""

    def document(self, company, document, _at):
        values, setup = document.values(), company.read("GLSetup", "SetupId = 'GL'")[0]
        who = literal(wanted(values, "CustId"))
        group = values.get("classid") or company.read("ARSetup", "SetupId = 'AR'")[0]["dfltclass"]
        group = found(company, "CustClass", f"ClassId = {literal(group)}", "ClassId")
        if "terms" in values:
            found(company, "Terms", f"TermsId = {literal(values['terms'])}", "Terms")
        if company.read("Customer", f"CustId = {who}"):
            company.update("Customer", f"CustId = {who}", **{name: cell for name, cell in values.items() if name != "custid"})
            company.update("SOAddress", f"CustId = {who} AND ShipToId = 'DEFAULT'", **Customers.address(values))
            return True
        wanted(values, "Name")
        common = {**stamps(company, "08260"), "CpnyID": setup["cpnyid"], "CustId": values["custid"]}
        company.insert("Customer", {
            "Status": "A", "ArAcct": group["aracct"], "ArSub": group["arsub"], "SlsAcct": group["slsacct"],
            "SlsSub": group["slssub"], "Terms": group["terms"], "CuryId": setup["basecuryid"], "CuryRateType": "SPOT",
            "PriceClassID": group["priceclass"], "DfltShipToId": "DEFAULT", "StmtCycleId": "M", "ClassId": group["classid"],
            "SetupDate": company.now, **{name: cell for name, cell in values.items() if name != "custid"}, **common})
        company.insert("AR_Balances", {**common, "CuryID": values.get("curyid", setup["basecuryid"]), "PerNbr": setup["pernbr"]})
        company.insert("SOAddress", {**common, "ShipToId": "DEFAULT", "Descr": "Default", "Status": "A", **Customers.address(values)})
        return True

    @staticmethod
    def address(values):
        """The ship-to address DEFAULT follows the customer's own."""
        return {name: values[name] for name in ("name", "addr1", "addr2", "city", "state", "zip", "country", "phone", "emailaddr") if name in values}


class Items(Screen):
    """10.250.00: an item and its second row; accounts and tax category come from the class, here from the company's first item."""

    @staticmethod
    def document(company, document, _at):
        values = document.values()
        item = wanted(values, "InvtID")
        if company.read("Inventory", f"InvtID = {literal(item)}"):
            raise Refused("InvtID", "This item exists already")
        like = company.read("Inventory", "TranStatusCode = 'AC'", "ORDER BY InvtID")[0]
        common = {**stamps(company, "10250"), "InvtID": item}
        company.insert("Inventory", {
            "InvtType": "F", "StkItem": 1, "ValMthd": "A", "Status": "A", "TranStatusCode": "AC", "ClassID": like["classid"],
            "TaxCat": like["taxcat"], "DfltSalesAcct": like["dfltsalesacct"], "DfltSalesSub": like["dfltsalessub"],
            "InvtAcct": like["invtacct"], "InvtSub": like["invtsub"], "COGSAcct": like["cogsacct"], "COGSSub": like["cogssub"],
            "DfltSOUnit": values.get("stkunit", "EA"), "DfltPOUnit": values.get("stkunit", "EA"), **values, **common})
        company.insert("InventoryADG", common)
        return True


class Journals(Screen):
    """01.010.00: a batch; a bad batch record ends the file, a bad line takes those behind it along, and the batch stands."""

    batches = True

    def document(self, company, document, at):
        if document.level.record in ("currency", "rate"):
            raise Refused("CuryId", "Currency is not supported by this stand-in")
        values, setup = document.values(), company.read("GLSetup", "SetupId = 'GL'")[0]
        period, handling = wanted(values, "PerPost"), values.get("handling", "B")
        if len(period) != 6 or period < setup["lastclosepernbr"] or not "01" <= period[4:] <= str(setup["nbrper"]).zfill(2):
            raise Refused("PerPost", "Invalid period")
        total, lines = amount(values, "CrTot"), []
        for record in document.inner:
            at[0] = record
            try:
                lines.append(self.line(company, record.values()))
            except Refused as error:
                after = document.inner[document.inner.index(record):]
                self.left_out = [(each, error) for each in after]
                break
        at[0] = document
        self.write(company, setup, values, (period, handling, total), lines)
        return True

    @staticmethod
    def line(company, values):
        found(company, "Account", f"Acct = {literal(wanted(values, 'Acct'))} AND Active = 1", "Acct")
        found(company, "SubAcct", f"Sub = {literal(wanted(values, 'Sub'))}", "Sub")
        return {**values, "dramt": amount(values, "DrAmt"), "cramt": amount(values, "CrAmt")}

    @staticmethod
    def write(company, setup, values, batch, lines):
        period, handling, total = batch
        number = next_number(company, "GLSetup", key(setup, "SetupId"), "LastBatNbr")
        sides = [sum((line[side] for line in lines), Decimal(0)) for side in ("dramt", "cramt")]
        common = {**stamps(company, "01010"), "Module": "GL", "BatNbr": number, "PerPost": period, "PerEnt": setup["pernbr"],
                  "LedgerID": setup["ledgerid"], "JrnlType": "GJ", "BaseCuryID": setup["basecuryid"], "CuryId": setup["basecuryid"],
                  "CuryMultDiv": "M", "CuryRate": 1, "BalanceType": "A"}
        company.insert("Batch", {
            **common, "CpnyID": setup["cpnyid"], "Status": handling, "EditScrnNbr": "01010", "Descr": values.get("descr", ""),
            "CtrlTot": total, "CuryCtrlTot": total, "DrTot": sides[0], "CuryDrTot": sides[0], "CrTot": sides[1],
            "CuryCrTot": sides[1]})
        for place, line in enumerate(lines, 1):
            company.insert("GLTran", {**line, **common, "LineNbr": -32768 + 256 * place, "FiscYr": period[:4], "TranType": "GL",
                                      "CuryDrAmt": line["dramt"], "CuryCrAmt": line["cramt"], "Posted": "U"})


SCREENS = {"40.100.00": Orders, "40.110.00": Shippers, "08.260.00": Customers, "10.250.00": Items, "01.010.00": Journals}
