using System.Collections.Immutable;

namespace BigTech.Chat.Domain;

/// <summary>One emoji on a message.</summary>
/// <param name="Emoji">In its stored form (<see cref="Domain.Emoji.Normalize"/>).</param>
/// <param name="UserIds">The users who added it, in that order; never empty.</param>
internal sealed record Reaction(string Emoji, ImmutableList<long> UserIds);

/// <summary>What one user did to the reactions of a message.</summary>
/// <param name="Change"><see cref="Added"/> or <see cref="Removed"/>.</param>
internal sealed record ReactionChange(long UserId, string Emoji, string Change)
{
    public const string Added = "added";
    public const string Removed = "removed";
}
