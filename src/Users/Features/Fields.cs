using BigTech.Platform;
using BigTech.Users.Domain;

namespace BigTech.Users.Features;

internal static class Fields
{
    /// <summary>Takes the value of a parsed field, or notes the problem. The value may be relied on once nothing was noted.</summary>
    public static T Take<T>(this ValidationErrors errors, string field, Parsed<T> parsed) where T : class
    {
        errors.Check(parsed.Problem is null, field, parsed.Problem ?? "");
        return parsed.Value!;
    }

    /// <summary>Takes a text that must be there but keeps to no other rule, such as a password to be checked.</summary>
    public static string TakeRequired(this ValidationErrors errors, string field, string? text)
    {
        errors.Check(!string.IsNullOrEmpty(text), field, "Is required.");
        return text ?? "";
    }
}
