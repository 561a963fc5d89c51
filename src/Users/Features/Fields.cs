using BigTech.Users.Domain;

namespace BigTech.Users.Features;

internal static class Fields
{
    /// <summary>Takes the value of a parsed field, or adds the problem. The value is valid only if no problem was added.</summary>
    public static T Take<T>(this ValidationErrors errors, string field, Parsed<T> parsed) where T : class
    {
        errors.Check(parsed.Problem is null, field, parsed.Problem ?? "");
        return parsed.Value!;
    }

    /// <summary>Takes a required text without other rules, such as a password to verify.</summary>
    public static string TakeRequired(this ValidationErrors errors, string field, string? text)
    {
        errors.Check(!string.IsNullOrEmpty(text), field, "Is required.");
        return text ?? "";
    }
}
