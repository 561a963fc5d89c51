namespace BigTech.Platform;

/// <summary>The program cannot start, for a reason that its operator can mend. The message is the one line that is shown.</summary>
public sealed class StartupException(string message, Exception? cause = null) : Exception(message, cause);
