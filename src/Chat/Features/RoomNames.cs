using BigTech.Chat.Domain;

namespace BigTech.Chat.Features;

/// <summary>The rules for group names.</summary>
internal static class RoomNames
{
    /// <summary>The name as it is stored; null where it is blank.</summary>
    public static string? Take(ValidationErrors errors, string? name)
    {
        if (TextValidation.IsBlank(name)) return null;
        var value = DisplayText.Normalize(name.Trim());
        errors.Check(TextValidation.LengthOf(value) <= Room.MaxNameLength, "name", $"Must have at most {Room.MaxNameLength} characters.");
        if (DisplayText.ProblemOf(value, isOneLine: true) is { } problem) errors.Check(false, "name", problem);
        return value;
    }
}
