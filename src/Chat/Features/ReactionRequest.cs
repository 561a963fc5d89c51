using BigTech.BuildingBlocks.Web.Http;

namespace BigTech.Chat.Features;

/// <summary>A reaction to a message.</summary>
/// <param name="Emoji">One emoji; the selector U+FE0F makes no difference.</param>
internal sealed record ReactionRequest(string? Emoji) : IHasExample
{
    public static object Example => new ReactionRequest("👍");

    public string Normalize() =>
        Emoji is { } sent && Domain.Emoji.Normalize(sent) is { } emoji ? emoji : throw AppError.Invalid("emoji", "Must be one emoji.");
}
