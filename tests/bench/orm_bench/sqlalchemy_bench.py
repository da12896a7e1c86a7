#!/usr/bin/env python3
"""What orm_bench does, with SQLAlchemy on SQLite in memory: a line a benchmark, name and ms.

    sqlalchemy_bench.py ROWS RUNS

The unit of work is measured with a fiftieth of the rows, and its time multiplied: SQLAlchemy's
grows faster than they do, so this flatters it.
"""
import os
import random
import statistics
import sys
import time

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Integer, Text, create_engine
from sqlalchemy.orm import Session, declarative_base, relationship, selectinload

Base = declarative_base()


class Person(Base):
    __tablename__ = "person"
    id = Column(Integer, primary_key=True)
    name = Column(Text, nullable=False)
    email = Column(Text, nullable=False)
    age = Column(BigInteger, nullable=False)
    score = Column(Float, nullable=False)
    active = Column(Boolean, nullable=False)
    posts = relationship("Post", back_populates="person")


class Post(Base):
    __tablename__ = "post"
    id = Column(Integer, primary_key=True)
    title = Column(Text, nullable=False)
    person_id = Column(Integer, ForeignKey("person.id"), nullable=False, index=True)
    person = relationship(Person, back_populates="posts")


class Node(Base):
    __tablename__ = "node"
    id = Column(Integer, primary_key=True)
    label = Column(Text, nullable=False)
    parent_id = Column(Integer, ForeignKey("node.id"), index=True)
    parent = relationship("Node", remote_side=[id])


def fresh():
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    return engine


def people(rows):
    return [Person(name=f"person number {i}", email=f"person{i}@example.com", age=i % 90,
                   score=i / 3, active=i % 2 == 0) for i in range(rows)]


def filled(rows, posts_each=0):
    engine = fresh()
    with Session(engine) as db:
        db.bulk_insert_mappings(Person, [
            dict(id=i + 1, name=f"person number {i}", email=f"person{i}@example.com", age=i % 90,
                 score=i / 3, active=i % 2 == 0) for i in range(rows)])
        db.bulk_insert_mappings(Post, [dict(title="a title", person_id=i + 1) for i in range(rows)
                                       for _ in range(posts_each)])
        db.commit()
    return engine


def timed(work):
    clock = time.thread_time if "ORM_BENCH_CPU" in os.environ else time.perf_counter
    start = clock()
    work()
    return (clock() - start) * 1e3


def insert(rows):
    with Session(fresh()) as db:
        def work():
            db.add_all(people(rows))
            db.commit()
        return timed(work)


def select(rows):
    with Session(filled(rows)) as db:
        return timed(lambda: db.query(Person).all())


def lookups(rows):
    with Session(filled(rows)) as db:
        kept = db.query(Person).all()
        keys = [person.id for person in kept]
        random.Random(3).shuffle(keys)

        def work():
            for key in keys:
                db.get(Person, key)
        return timed(work)


def eager(rows):
    with Session(filled(rows // 10, 10)) as db:
        def work():
            for person in db.query(Person).options(selectinload(Person.posts)).all():
                len(person.posts)
        return timed(work)


def unit_of_work(rows):
    """A random tree in random order; half of the nodes get another label, some leaves go."""
    rng = random.Random(7)
    order = list(range(rows))
    rng.shuffle(order)
    parents = [None] * rows
    for place in range(1, rows):
        parents[order[place]] = order[rng.randrange(place)]
    has_children = set(parents)
    with Session(fresh(), expire_on_commit=False) as db:
        def work():
            nodes = [Node(label="new") for _ in range(rows)]
            db.add_all(nodes)
            for node, parent in zip(nodes, parents):
                if parent is not None:
                    node.parent = nodes[parent]
            db.flush()
            for i, node in enumerate(nodes):
                if i % 5 == 0 and i not in has_children:
                    db.delete(node)
                elif i % 2 == 0:
                    node.label = "changed"
            db.commit()
        return timed(work)


def main():
    rows, runs = int(sys.argv[1]), int(sys.argv[2])
    for name, benchmark, fraction in (("insert with add", insert, 1),
                                      ("select and hydrate", select, 1),
                                      ("get, identity hit", lookups, 1),
                                      ("eager, selectin", eager, 1),
                                      ("unit of work, mixed, tree", unit_of_work, 50)):
        times = [benchmark(max(rows // fraction, 1)) * fraction for _ in range(runs)]
        print(f"{name}\t{statistics.median(times):.2f}", flush=True)


if __name__ == "__main__":
    main()
