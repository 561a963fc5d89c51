using System.ComponentModel.DataAnnotations;

namespace BigTech.Chat;

/// <summary>Section <c>Chat</c>.</summary>
internal sealed class ChatOptions : IValidatableObject
{
    /// <summary>Writes that may wait for the store; beyond it, callers get 503.</summary>
    [Range(1, 1_000_000)]
    public int WriterQueue { get; set; } = 4096;

    /// <summary>The memory for rooms, in MiB; beyond it, those that were not used of late are dropped.</summary>
    [Range(1, 1_000_000)]
    public int CacheMegabytes { get; set; } = 256;

    /// <summary>A setting of the past, here to say what took its place.</summary>
    public string? CachedRooms { get; set; }

    /// <summary>How often per minute one user may try to join by an invite link.</summary>
    [Range(0, 1_000_000)]
    public int JoinsPerMinute { get; set; } = 30;

    /// <summary>How often per minute one user may ask to be shown as typing, in all rooms together.</summary>
    [Range(0, 1_000_000)]
    public int TypingPerMinute { get; set; } = 60;

    /// <summary>Messages of one user and other changes that all members see, a minute; 0, here and for other limits: no limit.</summary>
    [Range(0, 100_000_000)]
    public int SendsPerMinute { get; set; } = 300;

    /// <summary>How many rooms one user may create per hour, 1:1 rooms included.</summary>
    [Range(0, 1_000_000)]
    public int RoomsPerHour { get; set; } = 30;

    /// <summary>How many users one user may make members per hour, in new rooms and existing ones.</summary>
    [Range(0, 1_000_000)]
    public int MembersAddedPerHour { get; set; } = 500;

    /// <summary>Where messages are stored: <c>sql</c>, beside their rooms, or <c>mongo</c> (section <c>Mongo</c>).</summary>
    [AllowedValues("sql", "mongo", ErrorMessage = "MessageStore must be sql or mongo.")]
    public string MessageStore { get; set; } = "sql";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (CachedRooms is null) yield break;
        yield return new ValidationResult(
            "CachedRooms is no longer a setting: CacheMegabytes limits the memory of rooms in place of their number.");
    }
}
