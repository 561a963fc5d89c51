using System.Buffers.Text;
using System.Text;

namespace BigTech.Platform.Http;

/// <summary>Rules that all lists share.</summary>
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

    /// <summary>Makes the place in a list opaque, so that clients pass it back and read nothing into it.</summary>
    public static string Cursor(string place) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(place));

    /// <summary>Reads a cursor that this server handed out.</summary>
    /// <exception cref="AppError">422: it is none.</exception>
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
