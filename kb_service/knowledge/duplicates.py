"""Documents that say nearly the same, as far as a reader may see them."""

from pydantic import BaseModel, Field

from ingest.catalogue import Catalogue
from kb_service.access.principal import Principal
from kb_service.search.citing import reader_url


class DuplicateItem(BaseModel):
    document_id: str
    version: str
    title: str
    url: str = Field(description="阅读页地址")


class DuplicateGroupItem(BaseModel):
    """Versions that hang together by pairs; ``similarity`` is the lowest among those pairs, 0-1."""

    similarity: float
    documents: list[DuplicateItem]


class DuplicateList(BaseModel):
    groups: list[DuplicateGroupItem] = Field(description="大组在前")


def list_duplicates(catalogue: Catalogue, principal: Principal) -> DuplicateList:
    """Groups of which ``principal`` may read at least two members, each without the members they may not."""
    groups = []
    for group in catalogue.list_duplicates():
        readable = [one for one in group.members if principal.may_read(one.clearance, one.departments)]
        if len(readable) > 1:
            items = [
                DuplicateItem(
                    document_id=one.document_id,
                    version=one.version,
                    title=one.title,
                    url=reader_url(one.document_id, one.version),
                )
                for one in readable
            ]
            groups.append(DuplicateGroupItem(similarity=round(group.similarity, 3), documents=items))
    return DuplicateList(groups=groups)
