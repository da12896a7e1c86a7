// Everything of the ORM in one header.
#pragma once

#include "ormdb/engine.h"
#include "ormdb/expression.h"
#include "ormdb/model.h"
#include "ormdb/orm_error.h"
#include "ormdb/query.h"
#include "ormdb/relationship.h"
#include "ormdb/scoped_session.h"
#include "ormdb/session.h"
#include "ormdb/values.h"
