using System.Buffers.Text;
using System.Text;

namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>Rules for all lists.</summary>
public static class Paging
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 100;

    /// <exception cref="AppError">422: outside 1-100.</exception>
    public static int Limit(int? limit, int fallback = DefaultLimit)
    {
        if (limit is < 1 or > MaxLimit) throw AppError.Invalid("limit", $"Must be between 1 and {MaxLimit}.");
        return limit ?? fallback;
    }

    /// <exception cref="AppError">422: negative.</exception>
    public static int Skip(int? skip)
    {
        if (skip is < 0) throw AppError.Invalid("skip", "Must not be negative.");
        return skip ?? 0;
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
