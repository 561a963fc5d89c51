using System.Collections.Immutable;

namespace BigTech.Chat.Domain;

/// <summary>One emoji on a message.</summary>
/// <param name="Emoji">In its stored form (<see cref="Domain.Emoji.Normalize"/>).</param>
/// <param name="UserIds">Who put it there, in the order in which they came; never empty.</param>
internal sealed record Reaction(string Emoji, ImmutableList<long> UserIds);
