//! Other files in the place of `!include` nodes.

use std::collections::HashMap;
use std::sync::Arc;

use super::mapping;
use super::node::{Key, Node, Scalar, Tag, Value};
use super::{Limits, Unreadable};
use crate::diagnostic::{Diagnostic, Diagnostics, Files};

/// Puts the result of `load` in the place of every node that has one of the tags of [`Limits::tags`], and then
/// merges what `<<: !include file` asked for. An entry for which `load` gives `None` is left out; `load` has
/// reported why. Nodes keep the place in the file that they come from.
///
/// # Errors
/// [`Unreadable`] when the tree would become larger than [`Limits::nodes`]; `diagnostics` say so.
pub fn expand_includes<'a>(
    root: Node<'a>,
    files: &Files,
    limits: &Limits,
    diagnostics: &mut Diagnostics,
    load: &mut dyn FnMut(&Tag, &Node<'a>, &mut Diagnostics) -> Option<Node<'static>>,
) -> Result<Option<Node<'a>>, Unreadable> {
    let mut expander = Expander { files, limits, diagnostics, load, size: 0, done: HashMap::new() };
    expander.node(root)
}

/// What became of a shared node: the old one, kept so that its address stays its own, the new one and its size.
type Shared<'a> = (Arc<Node<'a>>, Option<Arc<Node<'a>>>, usize);

struct Expander<'a, 'd> {
    files: &'d Files,
    limits: &'d Limits,
    diagnostics: &'d mut Diagnostics,
    load: &'d mut dyn FnMut(&Tag, &Node<'a>, &mut Diagnostics) -> Option<Node<'static>>,
    /// Nodes so far, shared ones counted as often as they are used.
    size: usize,
    done: HashMap<*const Node<'a>, Shared<'a>>,
}

impl<'a> Expander<'a, '_> {
    fn node(&mut self, node: Node<'a>) -> Result<Option<Node<'a>>, Unreadable> {
        self.grow(1, &node)?;
        if let Some(tag) = &node.tag {
            let Some(loaded) = (self.load)(tag, &node, self.diagnostics) else { return Ok(None) };
            self.grow(loaded.size(), &node)?;
            return Ok(Some(loaded));
        }
        let Node { value, tag, position } = node;
        let value = match value {
            Value::Scalar(scalar) => Value::Scalar(scalar),
            Value::List(items) => {
                let items = items.into_iter().filter_map(|item| self.node(item).transpose());
                Value::List(items.collect::<Result<_, _>>()?)
            }
            Value::Mapping(entries) => {
                let mut merges = false;
                let mut kept = Vec::with_capacity(entries.len());
                for (key, value) in entries {
                    merges |= key.is_merge();
                    kept.extend(self.node(value)?.map(|value| (key, value)));
                }
                let entries = kept.into_boxed_slice();
                Value::Mapping(if merges {
                    mapping::merge(
                        entries,
                        self.limits.later_wins,
                        |e| self.diagnostics.push(e),
                        |p| self.files.source(p),
                    )
                } else {
                    entries
                })
            }
            Value::Shared(shared) => match self.shared(shared)? {
                Some(shared) => Value::Shared(shared),
                None => return Ok(None),
            },
        };
        Ok(Some(Node { value, tag, position }))
    }

    fn shared(&mut self, shared: Arc<Node<'a>>) -> Result<Option<Arc<Node<'a>>>, Unreadable> {
        if let Some((old, new, size)) = self.done.get(&Arc::as_ptr(&shared)) {
            let (old, new, size) = (old.clone(), new.clone(), *size);
            self.grow(size, &old)?;
            return Ok(new);
        }
        let before = self.size;
        let new = self.node(Node::clone(&shared))?.map(Arc::new);
        let size = self.size.saturating_sub(before);
        self.done.insert(Arc::as_ptr(&shared), (shared, new.clone(), size));
        Ok(new)
    }

    fn grow(&mut self, by: usize, at: &Node<'a>) -> Result<(), Unreadable> {
        self.size = self.size.saturating_add(by);
        if self.size <= self.limits.nodes {
            return Ok(());
        }
        let message = format!("with what it includes, the file holds more than {} values", self.limits.nodes);
        let source = self.files.source(at.position());
        self.diagnostics.push(Diagnostic::error("yaml/too-large", message).at(source));
        Err(Unreadable)
    }
}

impl<'a> Node<'a> {
    /// The same tree with texts of its own, so that it can outlive its file and stand in another tree.
    pub fn into_owned(self) -> Node<'static> {
        self.owned(&mut HashMap::new())
    }

    fn owned(self, done: &mut HashMap<*const Self, (Arc<Self>, Arc<Node<'static>>)>) -> Node<'static> {
        let value = match self.value {
            Value::Scalar(scalar) => Value::Scalar(scalar.into_owned()),
            Value::List(items) => Value::List(items.into_iter().map(|item| item.owned(done)).collect()),
            Value::Mapping(entries) => {
                Value::Mapping(entries.into_iter().map(|(k, v)| (k.into_owned(), v.owned(done))).collect())
            }
            Value::Shared(old) => Value::Shared(match done.get(&Arc::as_ptr(&old)) {
                Some((_, new)) => new.clone(),
                None => {
                    let new = Arc::new(Self::clone(&old).owned(done));
                    done.insert(Arc::as_ptr(&old), (old, new.clone()));
                    new
                }
            }),
        };
        Node { value, tag: self.tag, position: self.position }
    }

    /// Number of nodes, shared ones counted as often as they are used.
    fn size(&self) -> usize {
        1 + match &self.value {
            Value::Scalar(_) => 0,
            Value::List(items) => items.iter().map(Self::size).sum(),
            Value::Mapping(entries) => entries.iter().map(|(_, value)| 1 + value.size()).sum(),
            Value::Shared(node) => node.size(),
        }
    }
}

impl Key<'_> {
    fn into_owned(self) -> Key<'static> {
        Key { scalar: self.scalar.into_owned(), position: self.position }
    }
}

impl Scalar<'_> {
    fn into_owned(self) -> Scalar<'static> {
        Scalar::new(self.text().to_owned().into(), self.style())
    }
}
