using System.Text.Json;

namespace BigTech.Tests.EndToEnd.Streams;

internal static class MessageReactions
{
    /// <summary>A client's copy of a message after a <c>reaction.changed</c>.</summary>
    public static Message With(this Message message, ReactionChange change)
    {
        // The message may have been fetched after this change.
        if (change.Version <= message.Version)
            return message;
        var reactions = message.Reactions.Select(reaction => Wire.Read<Reaction>(reaction.GetRawText())).ToList();
        var place = reactions.FindIndex(reaction => reaction.Emoji == change.Emoji);
        if (place < 0)
            reactions.Insert(place = reactions.Count, new Reaction(change.Emoji, 0, []));
        reactions[place].UserIds.Contains(change.UserId).ShouldBe(change.Change == "removed", $"{change} for {message}");
        long[] users = change.Change == "added"
            ? [.. reactions[place].UserIds, change.UserId]
            : [.. reactions[place].UserIds.Except([change.UserId])];
        reactions[place] = new Reaction(change.Emoji, users.Length, users);
        return message with
        {
            Version = change.Version,
            Reactions = [.. reactions.Where(reaction => reaction.Count > 0)
                .Select(reaction => JsonDocument.Parse(Wire.Write(reaction)).RootElement)],
        };
    }
}
