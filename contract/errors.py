"""Errors of the contract: who broke it, we or they."""


class ContractError(Exception):
    """A message is not what the contract says; never raised itself."""


class LocalContractError(ContractError):
    """We built a message the contract does not know."""


class RemoteContractError(ContractError):
    """They sent a message the contract does not know; `fault` names the rule."""

    def __init__(self, fault: str, detail: str) -> None:
        super().__init__(f"{fault}: {detail}")
        self.fault = fault
