/* The last step: from what the resolver found to the immutable model. */
#ifndef SRPC_IDL_MODEL_BUILDER_H
#define SRPC_IDL_MODEL_BUILDER_H

#include "layout.h"
#include "resolver.h"

/* Also reports ids that collide; the model is only usable if there was no error. */
const srpc_model *srpc_model_build(srpc_resolver *resolver, const srpc_layout *layout,
                                   const srpc_preprocessor *preprocessor);

#endif
