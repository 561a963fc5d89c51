using System.Buffers.Text;
using System.Text;

namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>Rules for all lists.</summary>
public static class Paging
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 100;

    public const string SkipText = "How many entries to leave out.";
    public const string OffsetText = "Another name of skip.";

    /// <exception cref="AppError">422: outside 1-100.</exception>
    public static int Limit(int? limit, int fallback = DefaultLimit)
    {
        if (limit is < 1 or > MaxLimit) throw AppError.Invalid("limit", $"Must be between 1 and {MaxLimit}.");
        return limit ?? fallback;
    }

    /// <summary>The number of entries to leave out; <c>offset</c> is another name of <c>skip</c>.</summary>
    /// <exception cref="AppError">422: negative, or both are given.</exception>
    public static int Skip(int? skip, int? offset)
    {
        var errors = new ValidationErrors();
        errors.Check(skip is not < 0, "skip", "Must not be negative.");
        errors.Check(offset is not < 0, "offset", "Must not be negative.");
        errors.Check(skip is null || offset is null, "offset", "Is another name of skip: only one may be given.");
        errors.ThrowIfAny();
        return skip ?? offset ?? 0;
    }

    /// <summary>The one place that was sent; without a text if none was.</summary>
    /// <exception cref="AppError">422: more than one, all of which are named.</exception>
    public static SentCursor OneOf(params ReadOnlySpan<(string Field, string? Text)> places)
    {
        var sent = new List<SentCursor>();
        foreach (var (field, text) in places)
        {
            if (text is not null) sent.Add(new SentCursor(text, field));
        }
        var errors = new ValidationErrors();
        foreach (var place in sent) errors.Check(sent.Count == 1, place.Field, "Only one place in the list may be given.");
        errors.ThrowIfAny();
        return sent.Count > 0 ? sent[0] : new SentCursor(null, places[0].Field);
    }

    /// <summary>Encodes a position in a list as an opaque text, so that clients do not depend on its content.</summary>
    public static string Cursor(string place) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(place));

    /// <summary>Decodes a cursor of this server.</summary>
    /// <exception cref="AppError">422: it is invalid.</exception>
    public static string? Place(string? cursor, string field)
    {
        if (cursor is null) return null;
        try
        {
            return new UTF8Encoding(false, true).GetString(Base64Url.DecodeFromChars(cursor));
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            throw AppError.Invalid(field, "Is not a cursor of this list.");
        }
    }
}
