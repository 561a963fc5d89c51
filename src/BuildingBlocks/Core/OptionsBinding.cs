using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace BigTech.BuildingBlocks.Core;

/// <summary>Binds the settings of a section, from the command line, the environment (<c>BIGTECH_Section__Name</c>) or a file.</summary>
public static class OptionsBinding
{
    /// <summary>The settings, validated by their annotations; missing ones keep their default.</summary>
    /// <exception cref="SettingException">An unknown name in the section, a value of the wrong type, or one out of range.</exception>
    public static T Bind<T>(IConfiguration config, string section) where T : class, new()
    {
        var given = config.GetSection(section);
        if (given.Value is { Length: > 0 }) throw new SettingException($"{section} holds settings and has no value of its own.");
        // ErrorOnUnknownConfiguration of the binder lets names of computed and internal properties pass, and does not name the section.
        foreach (var child in given.GetChildren())
        {
            var known = typeof(T).GetProperty(child.Key, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase);
            if (known?.SetMethod is null) throw new SettingException($"{section}:{child.Key} is not a setting.");
            if (IsValue(known.PropertyType) && child.GetChildren().FirstOrDefault() is { } below)
            {
                throw new SettingException($"{section}:{child.Key}:{below.Key} is not a setting: {section}:{child.Key} is a value.");
            }
        }
        T settings;
        try
        {
            settings = given.Get<T>() ?? new T();
        }
        catch (InvalidOperationException error)
        {
            throw new SettingException(error.Message, error);
        }
        var errors = new List<ValidationResult>();
        if (!Validator.TryValidateObject(settings, new ValidationContext(settings), errors, validateAllProperties: true))
        {
            throw new SettingException($"{section}: {errors[0].ErrorMessage}");
        }
        return settings;
    }

    private static bool IsValue(Type type) => type == typeof(string) || (Nullable.GetUnderlyingType(type) ?? type).IsPrimitive;
}

/// <summary>A setting is invalid: the program ends with exit code 2.</summary>
public sealed class SettingException(string message, Exception? cause = null) : Exception(message, cause);
