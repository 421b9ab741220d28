"""A small grammar: headlines, sentences and names that mean little and vary much."""

from random import Random

FIRST = (
    "Ada Amara Anton Aoife Bela Bruno Carys Chidi Clara Dario Delia Dmitri Edith Elif Emeka Esra Fergus "
    "Fiona Goran "
    "Greta Hana Hector Ida Ines Ivo Jonas Judith Kaya Kofi Lena Leopold Lucía Malik Marta Mihail Nadia "
    "Niamh Nuno Odile "
    "Orla Pavel Petra Quentin Rasa Renée Rhys Sabine Salma Søren Tadeo Thea Tomás Ulla Vera Viggo Wanda "
    "Xenia Yusuf "
    "Zofia"
).split()
BEGINNINGS = (
    "Ab Al Ar Bel Bor Cal Dor El Fen Gar Hal Ith Jor Kel Lor Mar Nor Or Per Quar Ros Sel Tor Ul Ver Wen".split()
)
MIDDLES = "a e i o u an en in on ar er ir or ash eth ing oss".split()
ENDINGS = (
    "berg by dahl dale ez field ford ham holm ić ley lund man mere more ner rova sen skou son stad ström ton wick"
).split()
ADJECTIVES = (
    "ancient awkward borrowed brackish careful cheap civic common crooked distant early empty faithful "
    "foreign forgotten "
    "frugal generous gentle grey hidden honest idle late local loud lucky modest narrow northern ordinary "
    "patient plain "
    "private public quiet rainy reluctant rural salted shared short slow small stubborn sudden tidal "
    "tired ugly unpaid "
    "useful wet wooden young"
).split()
NOUNS = (
    "allotment almanac anchor apprentice archive bakery bell bicycle bridge budget canal ceiling census "
    "choir clinic coat "
    "committee cook council courtyard dialect ditch doctor ferry festival fog forest foundry garden gasworks ghost "
    "glacier grandmother greenhouse grocer harbour harvest hedge heron holiday hospital kettle kiln kitchen ladder "
    "landlord language lantern ledger library lighthouse loom map market meadow mill miner mirror museum "
    "neighbour net "
    "newspaper nurse orchard organ oven parish pavement pension pharmacy pilot platform plumber post "
    "printer promise "
    "quarry queue railway recipe referee river roof sail school seamstress shop signal snow soil song "
    "stable station "
    "strike surgeon tailor tax teacher theatre tide timetable tram tunnel union valley vineyard violin "
    "vote warehouse "
    "waterworks weather weaver whistle winter workshop"
).split()
VERBS = (
    "answers asks bends borrows breaks builds buries carries changes counts crosses defends drains "
    "empties explains feeds "
    "follows forgets governs guards hides holds keeps leaves lends loses mends misses moves names needs "
    "opens outlives "
    "pays praises reads refuses remembers repairs saves sells shapes shelters sings teaches tells tests "
    "waits washes wins"
).split()
JOINS = "and because but so while until although unless".split()
TAGS = (
    "work housing transport schools health weather money food music rivers language memory trade law islands"
).split()
SECTIONS = (
    ("opinion", "Opinion"),
    ("science", "Science & Nature"),
    ("culture", "Culture"),
    ("work", "Work"),
    ("places", "Places"),
)
PARAGRAPHS, SENTENCES = (4, 7), (3, 6)  # the least and the most of each


class Speaker:
    """Says things, always the same ones for the same number."""

    def __init__(self, number: int):
        self.random = Random(number)  # noqa: S311 - no secret

    def name(self) -> str:
        ending = self.random.choice(MIDDLES) + self.random.choice(ENDINGS)
        return f"{self.random.choice(FIRST)} {self.random.choice(BEGINNINGS)}{ending}"

    def thing(self) -> str:
        return f"{self.random.choice(ADJECTIVES)} {self.random.choice(NOUNS)}"

    def clause(self) -> str:
        return f"the {self.thing()} {self.random.choice(VERBS)} the {self.thing()}"

    def sentence(self) -> str:
        said = self.clause()
        if self.random.random() < 0.6:
            said += f", {self.random.choice(JOINS)} {self.clause()}"
        return said[0].upper() + said[1:] + "."

    def headline(self) -> str:
        shape = self.random.choice(
            ("What the {0} owes the {1}", "In praise of the {0}", "The {0} and the {1}", "Nobody {2} the {0}")
        )
        return shape.format(self.thing(), self.thing(), self.random.choice(VERBS))

    def body(self) -> str:
        paragraphs = range(self.random.randint(*PARAGRAPHS))
        return "\n\n".join(self.paragraph() for _ in paragraphs) + "\n"

    def paragraph(self) -> str:
        return " ".join(self.sentence() for _ in range(self.random.randint(*SENTENCES)))
