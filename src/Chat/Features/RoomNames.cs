using BigTech.Chat.Domain;

namespace BigTech.Chat.Features;

/// <summary>The rules for group names.</summary>
internal static class RoomNames
{
    public static void Check(ValidationErrors errors, string? name)
    {
        errors.Check(name is null || TextValidation.LengthOf(name) <= Room.MaxNameLength, "name",
            $"Must have at most {Room.MaxNameLength} characters.");
        errors.Check(name is null || TextValidation.IsCleanLine(name), "name", "Must not contain control characters.");
    }
}
