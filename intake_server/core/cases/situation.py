"""Situations: which questions are still open, and what an answer brings in or leaves out."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from contract.cases import Answer, CaseRefusal
from contract.catalogue import Condition, GuideMaterial, SituationQuestion
from intake_server.core.cases.errors import RefusedError

M = TypeVar("M", bound=GuideMaterial)
Answers = Mapping[str, str]


def answers_of(answers: Iterable[Answer]) -> dict[str, str]:
    """Return answers by code; the last one given counts."""
    return {answer.code: answer.value for answer in answers}


def holds(when: Sequence[Condition], answers: Answers) -> bool:
    """Whether every condition holds; one about a question not yet answered does not."""
    return all(answers.get(condition.question) in condition.answers for condition in when)


def needed(materials: Sequence[M], answers: Answers) -> tuple[M, ...]:
    """Return the materials a situation asks for."""
    return tuple(material for material in materials if holds(material.when, answers))


def unanswered(questions: Sequence[SituationQuestion], answers: Answers) -> tuple[SituationQuestion, ...]:
    """Return the questions without an answer."""
    return tuple(question for question in questions if question.code not in answers)


def check(questions: Sequence[SituationQuestion], answers: Answers) -> None:
    """Raise RefusedError for an answer that is none of its question's options."""
    for question in questions:
        given = answers.get(question.code)
        if given is not None and given not in {option.code for option in question.options}:
            raise RefusedError(CaseRefusal.BAD_ANSWER, question.code)
